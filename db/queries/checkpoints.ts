/**
 * Checkpoints: what an agent has done already, kept for whoever continues its execution.
 *
 * Promise: one is written only by the current owner, under the guard of all that a run writes, and once: what
 * is kept under a key is never changed.
 */
import { sql } from 'drizzle-orm'
import type { Store, Text } from '../store.ts'

export interface Checkpoint {
  key: string
  /** JSON. */
  value: string
}

const keptText: Text = ({ page }) => sql`
  select c.execution_id as "executionId", c.key, c.value from ${page} join execution_checkpoints c on c.execution_id = cast(p.value as bigint)`

/** What earlier claims of these executions have kept, by execution. */
export async function keptOf(store: Store, executionIds: number[]): Promise<Map<number, Checkpoint[]>> {
  const rows = await store.all<Checkpoint & { executionId: number }>(keptText, { rows: executionIds })
  return Map.groupBy(rows, (it) => it.executionId)
}
