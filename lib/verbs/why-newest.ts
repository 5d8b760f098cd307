/** What is asked about where nobody says a time: the newest instant that was planned, or that something came of. */
import * as rows from '#db/queries/triggers.ts'
import { lookOf } from '#db/queries/why.ts'
import { boundedBy } from '../engine/instants.ts'
import { faultsOf, followsClock, timesOf } from '../triggers/index.ts'
import type { Deps } from './deps.ts'
import * as executions from './executions.ts'

/** Of one that has not had any yet, the next; null where there is none either. */
export async function newestInstant(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
): Promise<Date | null> {
  const row = await rows.get(store, workspaceId, id)
  if (!row) return null
  if (!followsClock(row.kind)) {
    const look = await lookOf(store, id, {})
    return look && new Date(look.lastAt)
  }
  const { executions: ran } = await executions.list({ store }, workspaceId, {
    ...{ triggerId: id, kind: row.kind, limit: 1 },
  })
  const planned =
    faultsOf(row).length > 0
      ? []
      : boundedBy(row, timesOf(row)).latest(new Date(row.createdAt), clock.now(), 1)
  const known = [...planned, ...ran.flatMap((it) => (it.scheduledFor ? [new Date(it.scheduledFor)] : []))]
  const newest = Math.max(...known.map(Number))
  if (known.length > 0) return new Date(newest)
  return row.nextRunAt === null ? null : new Date(row.nextRunAt)
}
