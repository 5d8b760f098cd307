/**
 * What runs next, as people are told it: an instant on a day off is planned, leaves a row that says so, and runs
 * nothing.
 */
import { type Upcoming, upcoming as planned } from '#db/queries/activity.ts'
import { byIds, type TriggerRow } from '#db/queries/triggers.ts'
import type { Store } from '#db/store.ts'
import { type Times, timesOf } from '../../triggers/index.ts'
import { before, boundedBy } from '../instants.ts'
import { type DaysOff, withoutDaysOff } from './days-off.ts'
import { daysOffOf } from './known.ts'

/** When each runs next: of one that its calendars hold back until after its end, null. */
export async function nextOf(store: Store, rows: readonly TriggerRow[]): Promise<Map<number, number | null>> {
  const daysOff = await daysOffOf(store, rows)
  return new Map(rows.map((row) => [row.id, nextBeside(row, daysOff(row))]))
}

function nextBeside(row: TriggerRow, daysOff: DaysOff): number | null {
  if (row.nextRunAt === null) return null
  const next = new Date(row.nextRunAt)
  if (!daysOff.at(next)) return row.nextRunAt
  const open = withoutDaysOff(boundedBy(row, timesOf(row)), daysOff)
  return open.next(before(next))?.getTime() ?? null
}

/** A run to come; where its schedule runs often, the first of several within the day. */
export interface Coming {
  triggerId: number
  name: string
  timezone: string
  at: number
  /** So many follow it; null: more than are counted. The last of them is at `until`, where that is known. */
  more: number | null
  until: number | null
}

/** So many runs of one schedule stand there one by one; of more, the first says how many follow. */
const MOST_SINGLE = 4
/** Of what runs every minute, nobody needs the number. */
const MOST_FOLLOWING = 24

/**
 * What runs before `before`, soonest first, of the `limit` schedules that run first: none of the others has a run
 * before the first of each of these.
 */
export async function coming(
  store: Store,
  { now, ...which }: Parameters<typeof planned>[1] & { now: Date },
): Promise<Coming[]> {
  const found = await planned(store, which)
  const rows = await byIds(
    store,
    found.map((it) => it.id),
  )
  const daysOff = await daysOffOf(store, rows)
  return rows
    .flatMap((row) => runsOf(row, daysOff(row), now, which.before))
    .toSorted((a, b) => a.at - b.at || a.triggerId - b.triggerId)
}

function runsOf(row: TriggerRow, daysOff: DaysOff, now: Date, until: Date): Coming[] {
  const first = nextBeside(row, daysOff)
  if (first === null || first >= until.getTime()) return []
  const { id: triggerId, name, timezone } = row
  const run = (at: number): Coming => ({ triggerId, name, timezone, at, more: 0, until: null })
  const times = timesIn(row, daysOff)
  if (!times) return [run(first)]
  const after = new Date(Math.max(first, now.getTime()))
  const left = row.maxExecutions === null ? Number.POSITIVE_INFINITY : row.maxExecutions - row.plannedRuns - 1
  const following = walk(times, after, until, Math.min(left, MOST_FOLLOWING + 1))
  if (following.length < MOST_SINGLE) return [first, ...following].map(run)
  if (following.length <= MOST_FOLLOWING)
    return [{ ...run(first), more: following.length, until: following.at(-1) ?? null }]
  const last = left === Number.POSITIVE_INFINITY ? times.latest(after, before(until), 1)[0] : undefined
  return [{ ...run(first), more: null, until: last?.getTime() ?? null }]
}

function walk(times: Times, after: Date, until: Date, most: number): number[] {
  const found: number[] = []
  for (let at = times.next(after); at && at < until && found.length < most; at = times.next(at))
    found.push(at.getTime())
  return found
}

/** None of what plain SQL wrote and nobody can read. */
function timesIn(row: TriggerRow, daysOff: DaysOff): Times | null {
  try {
    return withoutDaysOff(boundedBy(row, timesOf(row)), daysOff)
  } catch {
    return null
  }
}

/** The next run of each schedule that has one before `before`, soonest first. */
export async function upcoming(store: Store, which: Parameters<typeof planned>[1]): Promise<Upcoming[]> {
  const found = await planned(store, which)
  const next = await nextOf(
    store,
    await byIds(
      store,
      found.map((it) => it.id),
    ),
  )
  return found
    .flatMap((it) => {
      const nextRunAt = next.get(it.id) ?? null
      return nextRunAt !== null && nextRunAt < which.before.getTime() ? [{ ...it, nextRunAt }] : []
    })
    .toSorted((a, b) => a.nextRunAt - b.nextRunAt || a.id - b.id)
}
