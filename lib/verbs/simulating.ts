/** What a schedule would do, before it is anybody's: dates, overlaps, and what comparable runs have used. */
import { costsOf, recentOfAgent, recentOfTrigger } from '#db/queries/statistics.ts'
import * as triggers from '#db/queries/triggers.ts'
import { days } from '../clock.ts'
import type { AnswerOf, Api, BodyOf } from '../contract/api.ts'
import { notFound, unacceptable } from '../contract/problem.ts'
import type { NewTrigger } from '../contract/trigger.ts'
import { boundedBy } from '../engine/instants.ts'
import { withoutDaysOff } from '../engine/calendars/days-off.ts'
import { daysOffOf } from '../engine/calendars/known.ts'
import { percentile } from '../engine/percentile.ts'
import { simulate } from '../engine/simulating.ts'
import { followsClock, judge, timesOf } from '../triggers/index.ts'
import type { Deps } from './deps.ts'
import { requireCalendars } from './named-calendars.ts'
import { configFrom } from './editing.ts'
import { forecastBy } from './forecasting.ts'
import { overCalls } from './over-calls.ts'
import { overEvents } from './over-events.ts'
import { overSamples } from './over-samples.ts'
import type { OverRecords, Tried } from './trying-over.ts'

const MOST_OCCURRENCES = 10_000
const MONTH_MS = days(30)

/** Of the next 30 days; null where nobody knows what a run costs. */
export async function forecast(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
): Promise<AnswerOf<Api['forecastTrigger']>> {
  const row = await triggers.get(store, workspaceId, id)
  if (!row) throw notFound('schedule')
  const now = clock.now()
  const daysOff = (await daysOffOf(store, [row]))(row)
  const open = withoutDaysOff(boundedBy(row, timesOf(row)), daysOff)
  const planned = open.count(now, new Date(now.getTime() + MONTH_MS)).count
  const left = row.maxExecutions === null ? planned : Math.max(0, row.maxExecutions - row.plannedRuns)
  const runsPerMonth = row.enabled ? Math.min(planned, left) : 0
  const own = await costsOf(store, id)
  const costs =
    own.length > 0 ? own : (await recentOfAgent(store, workspaceId, row.agentId)).map((it) => it.cost)
  return forecastBy(runsPerMonth, costs, own.length > 0 ? 'own_history' : 'same_agent')
}

/** Facts that were recorded, by the kind of trigger that waits for them. */
const RECORDS: Readonly<Record<string, OverRecords>> = {
  event: overEvents,
  condition: overSamples,
  webhook: overCalls,
}

/** Writes nothing. An interval without a start counts from `from`. */
export async function run(
  { store, clock, minimumIntervalSeconds }: Pick<Deps, 'store' | 'clock' | 'minimumIntervalSeconds'>,
  workspaceId: number,
  { trigger, assumeSeconds, id, ...span }: BodyOf<Api['simulateTrigger']>,
): Promise<AnswerOf<Api['simulateTrigger']>> {
  const [from, to] = [new Date(span.from), new Date(span.to)]
  const row = { ...configFrom(trigger), createdAt: from.getTime() }
  const faults = judge(row, { minimumIntervalSeconds, now: new Date(0) })
  const records = RECORDS[trigger.kind]
  if (!followsClock(trigger.kind) && !records)
    faults.push({ path: 'kind', message: `is "${trigger.kind}", of which nothing is recorded to try it on` })
  if (faults.length > 0)
    throw unacceptable(faults.map(({ path, message }) => ({ path: `trigger.${path}`, message })))

  await requireCalendars({ store }, workspaceId, trigger.calendars, 'trigger.calendars')
  const daysOff = (await daysOffOf(store, [{ ...row, workspaceId }]))({ ...row, workspaceId })
  const { recent, basis } = await comparable(store, workspaceId, { id, agentId: trigger.agentId })
  const usualMs = percentile(
    recent.flatMap((it) => it.durationMs ?? []),
    0.5,
  )
  const lastsMs = assumeSeconds === undefined ? (usualMs ?? 0) : assumeSeconds * 1000
  const { bufferLimit, overlap, maxExecutions } = trigger
  const most = MOST_OCCURRENCES
  const { occurrences, truncated, evaluations, note, isRecorded }: Tried = records
    ? await records({ store, clock }, { ...row, workspaceId }, { from, to, lastsMs, bufferLimit, most, id })
    : {
        ...{ evaluations: {}, note: null, isRecorded: true },
        ...simulate({
          ...{ times: boundedBy(row, timesOf(row)), from, to, overlap, bufferLimit, maxExecutions },
          ...{ daysOff, lastsMs, most, throttle: trigger.throttle ?? null },
        }),
      }
  const counts: Record<string, number> = {}
  for (const { verdict } of occurrences) counts[verdict] = (counts[verdict] ?? 0) + 1
  const spread = (values: number[]) => ({ p50: percentile(values, 0.5), p95: percentile(values, 0.95) })
  return {
    occurrences,
    counts,
    evaluations,
    note: withWhatIsLeftOut(note, trigger),
    tokens: spread(recent.map((it) => it.tokensUsed)),
    cost: spread(recent.map((it) => it.cost)),
    basis: isRecorded ? basis : 'none',
    truncated,
  }
}

/** Runs that show what one takes and uses: the trigger's own where it has any, else its agent's. */
async function comparable(
  store: Deps['store'],
  workspaceId: number,
  { id, agentId }: { id: number | undefined; agentId: string },
) {
  const own = id === undefined ? [] : await recentOfTrigger(store, workspaceId, id)
  if (own.length > 0) return { recent: own, basis: 'own_history' as const }
  const recent = await recentOfAgent(store, workspaceId, agentId)
  return { recent, basis: recent.length > 0 ? ('same_agent' as const) : ('none' as const) }
}

const GATED = 'Whether its “only if” would have let it run is not recorded: here it always does.'
const NOT_CALLED_OFF = 'Events that would call its runs off are not looked at here.'
const withWhatIsLeftOut = (
  note: string | null,
  { kind, onlyIf, cancelOn }: Pick<NewTrigger, 'kind' | 'onlyIf' | 'cancelOn'>,
) => {
  const words = [note, onlyIf ? GATED : null, cancelOn && followsClock(kind) ? NOT_CALLED_OFF : null]
  return words.filter((it) => it !== null).join(' ') || null
}
