/** What of a lane is drawn where: marks that lie too near to each other for a finger are one. Pure. */
import { formatNumber } from '#components/ui/number.ts'
import { formatDuration } from '#components/ui/instants.ts'
import type { Mark, MarkState } from '#lib/contract/timeline.ts'
import type { Stretch } from './span.ts'

export interface Group {
  key: string
  /** From where to where it lies, within the stretch that is shown. */
  fromMs: number
  untilMs: number
  /** Where it is drawn: beside what lies just before it, never on it. */
  placeMs: number
  state: MarkState
  count: number
  marks: Mark[]
}

/** Where marks are told apart by rows and not by place, a lane has at most so many. */
export const MOST_ROWS = 48

/** What somebody should look at first. */
const WORST_FIRST: readonly MarkState[] = [
  ...(['failed', 'missed', 'waiting', 'running', 'queued', 'skipped', 'cancelled', 'success'] as const),
  ...(['will_skip', 'planned'] as const),
]
const worstOf = (marks: readonly Mark[]): MarkState =>
  WORST_FIRST.find((state) => marks.some((it) => it.state === state)) ?? 'planned'

export const isPlan = ({ state }: Pick<Mark, 'state'>) => state === 'planned' || state === 'will_skip'

/** `leastMs`: so far from each other they lie at least. What is to come is not mixed with what was. */
export function grouped(
  marks: readonly Mark[],
  { fromMs, toMs }: Pick<Stretch, 'fromMs' | 'toMs'>,
  leastMs: number,
): Group[] {
  const groups: Group[] = []
  for (const mark of marks) {
    const at = Date.parse(mark.at)
    const until = mark.until === null ? at : Date.parse(mark.until)
    if (at >= toMs || until < fromMs) continue
    const from = Math.max(at, fromMs)
    const open = groups.at(-1)
    const isNear = open && from - open.fromMs < leastMs && isPlan(open.marks[0] as Mark) === isPlan(mark)
    if (open && isNear) {
      open.marks.push(mark)
      open.untilMs = Math.max(open.untilMs, Math.min(until, toMs))
    } else
      groups.push({
        key: mark.at,
        ...{ fromMs: from, untilMs: Math.min(until, toMs), placeMs: from },
        ...{ state: mark.state, count: 0, marks: [mark] },
      })
  }
  for (const [n, it] of groups.entries()) {
    it.state = worstOf(it.marks)
    it.count = it.marks.reduce((sum, mark) => sum + mark.count, 0)
    const before = groups[n - 1]
    if (before) it.placeMs = Math.max(it.placeMs, before.placeMs + leastMs)
  }
  return groups
}

export const STATE_WORDS: Record<MarkState, string> = {
  queued: 'in the queue',
  running: 'running',
  waiting: 'waits for a person',
  success: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
  missed: 'missed',
  planned: 'planned',
  will_skip: 'will be skipped',
}

/** Below this a run counts as on time. */
const ON_TIME_MS = 1000
export const lateWords = (lateMs: number | null): string | null =>
  lateMs === null || lateMs < ON_TIME_MS ? null : `${formatDuration(lateMs)} late`

/** How many of each, of marks that may themselves stand for several. */
function countsOf(marks: readonly Mark[]): [MarkState, number][] {
  const counts = new Map<MarkState, number>()
  for (const { state, states, count } of marks)
    for (const [of, n] of Object.entries(states ?? { [state]: count }))
      counts.set(of as MarkState, (counts.get(of as MarkState) ?? 0) + n)
  return WORST_FIRST.flatMap((it) => (counts.has(it) ? [[it, counts.get(it) as number]] : []))
}

export const countWords = (marks: readonly Mark[]): string =>
  countsOf(marks)
    .map(([state, n]) => `${formatNumber(n)} ${STATE_WORDS[state]}`)
    .join(', ')

/** Without its time. */
export function groupWords({ marks, count }: Pick<Group, 'marks' | 'count'>): string {
  const [one] = marks
  if (count > 1 || !one) return countWords(marks)
  const took = one.durationMs === null ? null : `took ${formatDuration(one.durationMs)}`
  return [STATE_WORDS[one.state], lateWords(one.lateMs), took].filter(Boolean).join(', ')
}

/** The group that lies nearest to an instant. */
export const nearest = (groups: readonly Group[], atMs: number): Group | undefined =>
  groups.reduce<Group | undefined>(
    (best, it) => (best && Math.abs(best.fromMs - atMs) <= Math.abs(it.fromMs - atMs) ? best : it),
    undefined,
  )
