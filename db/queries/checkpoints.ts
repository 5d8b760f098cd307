/**
 * What whoever continues an execution goes on from: what its agent has done already (checkpoints), and what was
 * decided of what it asked for.
 *
 * Promise: a checkpoint is written only by the current owner, under the guard of all that a run writes, and once: what
 * is kept under a key is never changed.
 */
import { sql } from 'drizzle-orm'
import { alias, type RowsOf, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

export interface Checkpoint {
  key: string
  /** JSON. */
  value: string
}

const c = alias(t.executionCheckpoints, 'c')
const a = alias(t.approvals, 'a')

const keptAmong = statement({
  rows: 'int',
  answer: { executionId: c.executionId, key: c.key, value: c.value },
  text: ({ page, row, answer }) =>
    sql`select ${answer} from ${page} join ${table(c)} on ${c.executionId} = ${row}`,
})

/** What earlier claims of these executions have kept, by execution. */
export const keptOf = async (store: Store, executionIds: number[]): Promise<Map<number, Checkpoint[]>> =>
  Map.groupBy(await store.all(keptAmong({ rows: executionIds })), (it) => it.executionId)

const decidedAmong = statement({
  rows: 'int',
  answer: {
    executionId: a.executionId,
    place: a.place,
    id: a.id,
    status: a.status,
    arguments: a.editedArguments,
    answer: a.answer,
    note: a.note,
    by: a.decidedName,
    byId: a.decidedBy,
  },
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${page} join ${table(a)} on ${a.executionId} = ${row} and ${a.status} <> 'pending'`,
})
export type DecidedRow = RowsOf<typeof decidedAmong>
/** What was decided of what these executions asked for, by execution. */
export const decidedOf = async (store: Store, executionIds: number[]): Promise<Map<number, DecidedRow[]>> =>
  Map.groupBy(await store.all(decidedAmong({ rows: executionIds })), (it) => it.executionId)
