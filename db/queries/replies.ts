/** What a run of kind `reply` is asked: the message that asks, and what it stands below. */
import { type SQL, sql } from 'drizzle-orm'
import { alias, as, orNull, statement, t, table } from '../statement.ts'
import { isOneOf } from '../states.ts'
import type { Store } from '../store.ts'

const e = alias(t.executions, 'e')
const m = alias(t.messages, 'm')
const root = alias(t.messages, 'root')
const about = alias(t.executions, 'about')
const said = alias(t.messages, 'said')
const by = alias(t.executions, 'by_run')

/** The key of such a run is `message:<id>`. */
const KEY = 'message:'
export const keyOfReply = (messageId: number) => KEY + messageId
export const messageOfReply = (it: Pick<typeof e, 'occurrence'>): SQL =>
  sql`cast(substr(${it.occurrence}, ${sql.raw(String(KEY.length + 1))}) as bigint)`

/** The thread in which the answer of a run stands; of one that answers nobody, none. */
export const threadOfRun = (it: Pick<typeof e, 'kind' | 'occurrence' | 'workspaceId'>): SQL => sql`
  case when ${it.kind} = 'reply' then (
    select coalesce(${root.threadId}, ${root.id}) from ${table(root)}
    where ${root.id} = ${messageOfReply(it)} and ${root.workspaceId} = ${it.workspaceId}) end`

const asked = statement({
  values: { executionId: 'int' },
  answer: {
    messageId: m.id,
    rootId: m.threadId,
    by: m.authorName,
    text: m.text,
    schedule: orNull(about.triggerName),
    status: orNull(about.status),
    words: as(
      'text?',
      sql`case when ${root.deletedAt} is null then coalesce(${about.output}, ${about.error}) end`,
    ),
    tainted: as('flag', sql`coalesce(${about.tainted}, false)`),
  },
  text: ({ answer, values: { executionId } }) => sql`
  select ${answer}
  from ${table(e)} join ${table(m)} on ${m.id} = ${messageOfReply(e)} and ${m.workspaceId} = ${e.workspaceId}
    left join ${table(root)} on ${root.id} = ${m.threadId}
    left join ${table(about)} on ${about.id} = ${root.executionId}
  where ${e.id} = ${executionId} and ${e.kind} = 'reply' and ${m.deletedAt} is null`,
})

const tr = alias(t.triggers, 'tr')
const waiting = statement({
  values: { workspaceId: 'int', key: 'text' },
  answer: { id: e.id },
  text: ({ answer, values: { workspaceId, key } }) => sql`
  select ${answer} from ${table(tr)} join ${table(e)} on ${e.triggerId} = ${tr.id} and ${e.occurrence} = ${key}
  where ${tr.workspaceId} = ${workspaceId} and ${tr.kind} = 'chat' and ${isOneOf(e.status, ['queued', 'waiting'])}`,
})
/** The replies to a message that have not begun, or wait for a person. */
export async function waitingReplies(
  store: Store,
  workspaceId: number,
  messageId: number,
): Promise<number[]> {
  return (await store.all(waiting({ workspaceId, key: keyOfReply(messageId) }))).map((it) => it.id)
}

const MOST_EARLIER = 30
const earlier = statement({
  values: { rootId: 'int', before: 'int' },
  answer: {
    kind: said.kind,
    by: as('text', sql`coalesce(${by.triggerName}, ${said.authorName})`),
    text: said.text,
    tainted: as('flag', sql`coalesce(${by.tainted}, ${said.kind} <> 'person')`),
  },
  text: ({ answer, values: { rootId, before } }) => sql`
  select ${answer} from ${table(said)} left join ${table(by)} on ${by.id} = ${said.executionId}
  where ${said.threadId} = ${rootId} and ${said.id} < ${before} and ${said.deletedAt} is null
  order by ${said.id} desc limit ${sql.raw(String(MOST_EARLIER))}`,
})

/** What a person asks an agent in the chat. */
export interface Question {
  by: string
  text: string
  /** The run below whose result it is asked. */
  about: { schedule: string; status: string; said: string } | null
  /** What was said in the thread before, the oldest first. */
  earlier: { by: string; text: string }[]
  /** What is told with it may come from outside. */
  tainted: boolean
}

export async function questionOf(store: Store, executionId: number): Promise<Question | null> {
  const [row] = await store.all(asked({ executionId }))
  if (!row) return null
  const before =
    row.rootId === null ? [] : await store.all(earlier({ rootId: row.rootId, before: row.messageId }))
  return {
    by: row.by,
    text: row.text,
    about:
      row.schedule === null
        ? null
        : { schedule: row.schedule, status: row.status ?? '', said: row.words ?? '' },
    earlier: before.reverse().map((it) => ({ by: it.by, text: it.text })),
    tainted: row.tainted || before.some((it) => it.tainted),
  }
}
