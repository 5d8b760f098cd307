/**
 * What runs next, as people are told it: an instant on a day off is planned, leaves a row that says so, and runs
 * nothing.
 */
import { type Upcoming, upcoming as planned } from '#db/queries/activity.ts'
import { byIds, type TriggerRow } from '#db/queries/triggers.ts'
import type { Store } from '#db/store.ts'
import { timesOf } from '../../triggers/index.ts'
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
