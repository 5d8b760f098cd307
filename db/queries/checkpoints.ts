/**
 * Checkpoints: what an agent has done already, kept for whoever continues its execution.
 *
 * Promise: one is written only by the current owner, under the guard of all that a run writes, and once: what
 * is kept under a key is never changed.
 */
import { sql } from 'drizzle-orm'
import { alias, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

export interface Checkpoint {
  key: string
  /** JSON. */
  value: string
}

const c = alias(t.executionCheckpoints, 'c')

const keptAmong = statement({
  rows: 'int',
  answer: { executionId: c.executionId, key: c.key, value: c.value },
  text: ({ page, row, answer }) =>
    sql`select ${answer} from ${page} join ${table(c)} on ${c.executionId} = ${row}`,
})

/** What earlier claims of these executions have kept, by execution. */
export const keptOf = async (store: Store, executionIds: number[]): Promise<Map<number, Checkpoint[]>> =>
  Map.groupBy(await store.all(keptAmong({ rows: executionIds })), (it) => it.executionId)
