/** The last runs as bars in one small drawing, oldest first: by height as much as by colour. */
import { STATUSES } from '#components/execution/status-badge.tsx'
import type { Status } from '#lib/contract/execution.ts'
import { MOST_BARS } from '#lib/contract/bars.ts'

const HEIGHT = 20
const STEP = 3
const HEIGHTS: Record<Status, number> = {
  success: 13,
  failed: 20,
  running: 16,
  queued: 9,
  waiting: 9,
  cancelled: 6,
  skipped: 4,
  missed: 4,
}
const FILLS: Record<Status, string> = {
  success: 'fill-good/75',
  failed: 'fill-bad',
  running: 'fill-busy',
  queued: 'fill-busy/60',
  waiting: 'fill-warn',
  cancelled: 'fill-edge',
  skipped: 'fill-edge',
  missed: 'fill-warn',
}

export const barWords = (statuses: readonly Status[]): string => {
  if (statuses.length === 0) return 'No runs yet.'
  const words = (Object.keys(STATUSES) as Status[]).flatMap((of) => {
    const n = statuses.filter((it) => it === of).length
    return n > 0 ? [`${n} ${STATUSES[of].label.toLowerCase()}`] : []
  })
  return `The last ${statuses.length === 1 ? 'run' : `${statuses.length} runs`}: ${words.join(', ')}.`
}

/** One path a status, however many bars: a page has many of these. */
export function Bars({ statuses }: { statuses: readonly Status[] | undefined }) {
  const first = MOST_BARS - (statuses?.length ?? 0)
  const paths = new Map<Status, string>()
  for (const [n, it] of (statuses ?? []).entries()) {
    const [x, height] = [(first + n) * STEP, HEIGHTS[it]]
    paths.set(it, `${paths.get(it) ?? ''}M${x} ${HEIGHT}v-${height}h2v${height}z`)
  }
  return (
    <svg
      role="img"
      aria-label={statuses ? barWords(statuses) : 'The last runs are on their way.'}
      viewBox={`0 0 ${MOST_BARS * STEP} ${HEIGHT}`}
      className="h-5 w-30 shrink-0"
    >
      {statuses && <title>{barWords(statuses)}</title>}
      <path d={`M0 ${HEIGHT - 1}h${MOST_BARS * STEP}v1h-${MOST_BARS * STEP}z`} className="fill-line" />
      {[...paths].map(([status, d]) => (
        <path key={status} d={d} className={FILLS[status]} />
      ))}
    </svg>
  )
}
