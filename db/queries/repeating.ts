/** What runs that asked a model have said and cost lately, by which a trigger that goes round in circles is known. */
import { sql } from 'drizzle-orm'
import { status } from '../states.ts'
import { alias, as, type RowsOf, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const e = alias(t.executions, 'e')
const x = alias(t.executions, 'x')
const tr = alias(t.triggers, 't')

const lately = statement({
  values: { since: 'instant' },
  rows: 'int',
  answer: {
    id: tr.id,
    workspaceId: tr.workspaceId,
    name: tr.name,
    breaker: tr.breaker,
    runs: as(
      'int',
      sql`(
      select count(*) from ${table(e)} where ${e.triggerId} = ${tr.id} and ${e.queuedAt} >= since
        and ${e.model} is not null and not ${e.staged})`,
    ),
    cost: as(
      'real',
      sql`(
      select coalesce(sum(${e.cost}), 0) from ${table(e)} where ${e.triggerId} = ${tr.id} and ${e.queuedAt} >= since
        and ${e.model} is not null and not ${e.staged})`,
    ),
  },
  text: ({ page, row, answer, values: { since } }) => sql`
  select ${answer} from ${page} join ${table(tr)} on ${tr.id} = ${row} cross join (select ${since} as since) s
  where ${tr.enabled} = true`,
})
export type Lately = RowsOf<typeof lately>
/** Of those triggers that are on: how often they ran since then, and for how much. */
export const ranSince = (store: Store, triggerIds: number[], since: Date) =>
  store.all(lately({ rows: triggerIds, since }))

const sameInRow = statement({
  values: { triggerId: 'int', count: 'int' },
  answer: { runs: as('int', sql`count(*)`), outputs: as('int', sql`count(distinct said)`) },
  text: ({ answer, values: { triggerId, count } }) => sql`
  select ${answer} from (
    select case when ${x.status} = ${status('success')} then coalesce(${x.output}, '') end as said from ${table(x)}
    where ${x.triggerId} = ${triggerId} and ${x.model} is not null and ${x.completedAt} is not null and not ${x.staged}
    order by ${x.queuedAt} desc, ${x.id} desc limit ${count}) newest
  where said is not null and said <> ''`,
})
/** Whether its newest `count` runs all succeeded, and all said the same, which was something. */
export async function allSaidTheSame(store: Store, triggerId: number, count: number): Promise<boolean> {
  const [row] = await store.all(sameInRow({ triggerId, count }))
  return row?.runs === count && row.outputs === 1
}
