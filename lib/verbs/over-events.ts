/**
 * What has happened, as far back as it is kept: a trigger is tried on it, and it calls off what other kinds would run.
 */
import { firstSince, following } from '#db/queries/facts.ts'
import type { Store } from '#db/store.ts'
import { days } from '../clock.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import { type Backtest, tryOnEvents } from '../engine/backtesting.ts'
import { factsIn } from '../engine/facts.ts'
import { slicing, turnOfOthers } from '../engine/slices.ts'
import type { Draft, OverRecords } from './trying-over.ts'

const EVENTS_KEPT_MS = days(14)
const PAGE = 1000
/** Of more events nobody waits for the answer. */
const MOST_EVENTS = 200_000

interface Happened {
  event: TriggerEvent
  at: Date
}
interface Span {
  workspaceId: number
  from: Date
  to: Date
}

/** In their order. Answers true in the end where there are more than are looked at. */
async function* happened(
  store: Store,
  { workspaceId, from, to }: Span,
): AsyncGenerator<Happened, boolean, undefined> {
  const first = await firstSince(store, workspaceId, from)
  let after = (first ?? Number.MAX_SAFE_INTEGER) - 1
  for (let looked = 0; looked < MOST_EVENTS; looked += PAGE) {
    const rows = await following(store, workspaceId, { after, limit: PAGE })
    for (const row of rows)
      if (row.at >= from.getTime() && row.at <= to.getTime())
        for (const event of factsIn(row)) yield { event, at: new Date(row.at) }
    const last = rows.at(-1)
    if (!last || rows.length < PAGE || last.at > to.getTime()) return false
    after = last.seq
    await turnOfOthers()
  }
  return true
}

/** Over the events of the last 14 days, from then on as if it had been there, and had been on. */
export const overEvents: OverRecords = async ({ store, clock }, row, { from, to, ...of }) => {
  const trial = tryOnEvents(row, of)
  const pause = slicing()
  const since = new Date(Math.max(from.getTime(), clock.now().getTime() - EVENTS_KEPT_MS))
  const events = happened(store, { workspaceId: row.workspaceId, from: since, to })
  let it = await events.next()
  for (; !it.done && !trial.isFull; it = await events.next()) {
    trial.hear(it.value.event, it.value.at)
    await pause()
  }
  return {
    ...{ occurrences: trial.occurrences, evaluations: trial.evaluations, isRecorded: true },
    truncated: it.done ? it.value : true,
    note: since > from ? `Events are kept for 14 days: it is tried from ${since.toISOString()} on.` : null,
  }
}

export interface Between {
  /** Told of what has happened before then. */
  before(at: Date): Promise<void>
  /** Told of the rest. */
  end(): Promise<void>
  /** What is to be known of it; null: nothing. */
  readonly note: string | null
  readonly isCut: boolean
}
/** What calls runs off has happened between the facts that another kind of trigger is tried on. */
export function eventsBetween(
  store: Store,
  { cancelOn, workspaceId }: Draft,
  { from, to, now }: Omit<Span, 'workspaceId'> & { now: Date },
  { callOff }: Pick<Backtest, 'callOff'>,
): Between {
  const since = new Date(Math.max(from.getTime(), now.getTime() - EVENTS_KEPT_MS))
  const events = cancelOn === null ? null : happened(store, { workspaceId, from: since, to })
  const pause = slicing()
  let next: IteratorResult<Happened, boolean> | null = null
  async function tell(until: number): Promise<void> {
    if (!events) return
    for (
      next ??= await events.next();
      !next.done && next.value.at.getTime() < until;
      next = await events.next()
    ) {
      callOff(next.value.event, next.value.at)
      await pause()
    }
  }
  return {
    before: (at) => tell(at.getTime()),
    end: () => tell(Number.POSITIVE_INFINITY),
    get isCut() {
      return next?.done === true && next.value
    },
    note:
      events && since > from
        ? `Events are kept for 14 days: what would have called its runs off before ${since.toISOString()} is not known.`
        : null,
  }
}
