/** What came while triggers were off, so that it can be said as one row, and caught up on request. */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { alias, as, type RowsOf, type Statement, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const v = alias(t.evaluations, 'v')
const e = alias(t.executions, 'e')
const tr = alias(t.triggers, 't')
const w = alias(t.workspaces, 'w')

/** No row says it yet. */
const isUntold = sql`${v.verdict} = 'paused' and ${v.occurrence} is null`
/** Of a trigger, so much is not told yet. */
export const untoldOf = (triggerId: SQLWrapper): SQL => sql`(
  select coalesce(sum(${v.count}), 0) from ${table(v)} where ${v.triggerId} = ${triggerId} and ${isUntold})`
const untold = statement({
  values: { triggerId: 'int?' },
  answer: {
    triggerId: tr.id,
    workspaceId: tr.workspaceId,
    kind: tr.kind,
    overlap: tr.overlap,
    count: as('int', sql`sum(${v.count})`),
    from: as('instant', sql`min(${v.firstAt})`),
    to: as('instant', sql`max(${v.lastAt})`),
    reason: as('text?', sql`max(${v.reason})`),
  },
  text: ({ answer, values: { triggerId } }) => sql`
  select ${answer} from ${table(v)} join ${table(tr)} on ${tr.id} = ${v.triggerId}
    join ${table(w)} on ${w.id} = ${tr.workspaceId}
  where ${isUntold} and ${tr.deletedAt} is null
    and (${tr.id} = ${triggerId} or (${triggerId} is null and ${tr.enabled} and ${w.matchedSeq} >= ${tr.hearsFrom}))
  group by ${tr.id}, ${tr.workspaceId}, ${tr.kind}, ${tr.overlap}`,
})
export type Pause = RowsOf<typeof untold>
/** Of triggers that are on again, once all that came before was looked at; or of one, also if it is to be deleted. */
export const untoldPauses = (store: Store, triggerId: number | null = null): Promise<Pause[]> =>
  store.all(untold({ triggerId }))

const markTold = statement({
  values: { triggerId: 'int', occurrence: 'text' },
  text: ({ values: { triggerId, occurrence } }) => sql`
  update ${table(v)} ${set(v, { occurrence })}
  where ${v.triggerId} = ${triggerId} and ${isUntold} and exists (
    select 1 from ${table(e)} where ${e.triggerId} = ${triggerId} and ${e.occurrence} = ${occurrence})`,
})
/**
 * A row of the history says it: what comes from now on is another pause. In the transaction that makes the row, which
 * tells of all there is (`Occurrence.tells`), and with the workspace locked.
 */
export const told = (triggerId: number, occurrence: string): Statement => markTold({ triggerId, occurrence })
