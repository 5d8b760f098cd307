/** What is known of whether triggers could run. */
import { sql } from 'drizzle-orm'
import { alias, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const tr = alias(t.triggers, 't')

const note = statement({
  values: { id: 'int', unready: 'text?' },
  answer: { id: tr.id },
  text: ({ returning, values: { id, unready } }) => sql`
  update ${table(tr)} ${set(tr, { unready })}
  where ${tr.id} = ${id} and ${tr.unready} is distinct from ${unready} ${returning}`,
})
const checked = statement({
  values: { id: 'int', now: 'instant' },
  text: ({ values: { id, now } }) =>
    sql`update ${table(tr)} ${set(tr, { readyCheckedAt: now })} where ${tr.id} = ${id}`,
})
/** True where that is news. */
export async function mark(store: Store, id: number, unready: string | null): Promise<boolean> {
  const [news] = await store.atomically([note({ id, unready })])
  return news.length > 0
}
/** It was looked at ahead of its instant. */
export const lookedAt = (store: Store, id: number, now: Date) => store.atomically([checked({ id, now })])

const comingSoon = statement({
  values: { now: 'instant', until: 'instant', limit: 'int' },
  answer: {
    triggerId: tr.id,
    workspaceId: tr.workspaceId,
    triggerName: tr.name,
    agentId: tr.agentId,
    agentType: tr.agentType,
  },
  text: ({ answer, values: { now, until, limit } }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.dueAt} > 0 and ${tr.dueAt} <= ${until} and ${tr.enabled} = true and ${tr.deletedAt} is null
    and ${tr.agentType} = 'custom' and (${tr.readyCheckedAt} is null or ${tr.readyCheckedAt} < ${now} - (${until} - ${now}))
  order by ${tr.dueAt} limit ${limit}`,
})
/** Those that ask a model and are due by `until`, and were not looked at for as long as that is away. */
export const soon = (store: Store, at: { now: Date; until: Date; limit: number }) => store.all(comingSoon(at))
