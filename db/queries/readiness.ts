/** What is known of whether triggers could run. */
import { type SQL, sql } from 'drizzle-orm'
import { alias, set, statement, t, table } from '../statement.ts'
import { isAdmittedFirst } from '../states.ts'
import type { Store } from '../store.ts'
import { type News, newsOf, sayOnce } from './notices.ts'

const tr = alias(t.triggers, 't')

/** The check of what a condition watches: only a look at that says that it is well again. */
export const OF_CONDITION = 'condition'

const fault = { triggerId: 'int', unready: 'text?', check: 'text?', by: 'text?' } as const
/** The same check in other words is none: what a command says as it ends has the time in it. */
const isNews = ({ triggerId, unready, check, by }: Record<keyof typeof fault, SQL>) => sql`
  ${tr.id} = ${triggerId} and (${tr.unreadyCheck} is distinct from ${check}
    or (${tr.unready} is null) <> (${unready} is null))
  and (${unready} is not null or (${tr.unreadyCheck} = 'condition') = (coalesce(${by}, '') = 'condition'))`
const news = newsOf(fault, (it) => sql`exists (select 1 from ${table(tr)} where ${isNews(it)})`)
const note = statement({
  values: fault,
  answer: { id: tr.id },
  text: ({ returning, values }) => sql`
  update ${table(tr)} ${set(tr, { unready: values.unready, unreadyCheck: values.check })}
  where ${isNews(values)} ${returning}`,
})
const checked = statement({
  values: { id: 'int', now: 'instant' },
  text: ({ values: { id, now } }) =>
    sql`update ${table(tr)} ${set(tr, { readyCheckedAt: now })} where ${tr.id} = ${id}`,
})
/** Keeps why it could not run, or (null) that it could, and says so where that is news: then it is true. */
export function mark(
  store: Store,
  it: News & { unready: string | null; check: string | null; by?: typeof OF_CONDITION },
  now: Date,
): Promise<boolean> {
  const told = { ...it, data: it.data ?? null, by: it.by ?? null, now }
  return sayOnce(store, it.workspaceId, {
    look: news.look(told),
    write: news.write(told),
    tell: news.tell(told),
    mark: note(told),
  })
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
    context: tr.context,
  },
  text: ({ answer, values: { now, until, limit } }) => sql`
  select ${answer} from ${table(tr)}
  where ${tr.dueAt} > 0 and ${tr.dueAt} <= ${until} and ${tr.enabled} = true and ${tr.deletedAt} is null
    and ${isAdmittedFirst(tr)}
    and (${tr.readyCheckedAt} is null or ${tr.readyCheckedAt} < ${now} - (${until} - ${now}))
  order by ${tr.dueAt} limit ${limit}`,
})
/** Those that are admitted first and are due by `until`, and were not looked at for as long as that is away. */
export const soon = (store: Store, at: { now: Date; until: Date; limit: number }) => store.all(comingSoon(at))
