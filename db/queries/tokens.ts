/** What runs that asked a model used. Reads only; runs that asked none are not looked at. */
import { type SQL, sql } from 'drizzle-orm'
import { alias, as, type RowsOf, statement, t, table } from '../statement.ts'
import type { Phrases, Store } from '../store.ts'

const e = alias(t.executions, 'e')
const tr = alias(t.triggers, 't')
const u = alias(t.user, 'u')

type Grouping = (phrases: Pick<Phrases, 'day' | 'jsonText'>) => SQL
const grouped = (key: Grouping, name: Grouping, order: SQL) =>
  statement({
    values: { workspaceId: 'int', from: 'instant', to: 'instant' },
    answer: {
      key: as('text', sql`g.key`),
      name: as('text', sql`g.name`),
      runs: as('int', sql`g.runs`),
      tokensIn: as('int', sql`g.tokens_in`),
      tokensOut: as('int', sql`g.tokens_out`),
      tokensCached: as('int', sql`g.tokens_cached`),
      cost: as('real', sql`g.cost`),
    },
    text: ({ answer, day, jsonText, values: { workspaceId, from, to } }) => sql`
    select ${answer} from (
      select ${key({ day, jsonText })} as key, ${name({ day, jsonText })} as name, count(*) as runs,
        sum(${e.tokensIn}) as tokens_in, sum(${e.tokensOut}) as tokens_out,
        sum(${e.tokensCached}) as tokens_cached, sum(${e.cost}) as cost
      from ${table(e)} left join ${table(tr)} on ${tr.id} = ${e.triggerId}
        left join ${table(u)} on ${u.id} = ${tr.createdBy}
      where ${e.workspaceId} = ${workspaceId} and ${e.model} is not null
        and ${e.queuedAt} >= ${from} and ${e.queuedAt} < ${to}
      group by 1) g
    order by ${order} limit 400`,
  })

const costliest = sql`g.cost desc, g.tokens_in + g.tokens_out desc, g.key`
const STATEMENTS = {
  day: grouped(
    ({ day }) => day(sql`${e.queuedAt}`),
    () => sql`''`,
    sql`g.key`,
  ),
  trigger: grouped(
    () => sql`cast(${e.triggerId} as text)`,
    () => sql`max(${e.triggerName})`,
    costliest,
  ),
  agent: grouped(
    () => sql`${e.agentId}`,
    () => sql`max(${e.agentId})`,
    costliest,
  ),
  model: grouped(
    () => sql`${e.model}`,
    () => sql`max(${e.model})`,
    costliest,
  ),
  // Who asked for it, or else whoever made the trigger that fired.
  person: grouped(
    ({ jsonText }) => sql`coalesce(${jsonText(e.requestedBy, 'id')}, ${tr.createdBy}, '')`,
    ({ jsonText }) => sql`max(coalesce(${jsonText(e.requestedBy, 'name')}, ${u.name}, ''))`,
    costliest,
  ),
}

export type Used = RowsOf<(typeof STATEMENTS)['day']>
/** Days in their order, all else the costliest first. */
export const usedBy = (
  store: Store,
  by: keyof typeof STATEMENTS,
  span: { workspaceId: number; from: Date; to: Date },
): Promise<Used[]> => store.all(STATEMENTS[by](span))
