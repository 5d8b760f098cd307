/** What the chat shows. */
import { sql } from 'drizzle-orm'
import type { Message, MessageQuery } from '#lib/contract/message.ts'
import type { Status } from '#lib/contract/execution.ts'
import { intValue, type Store, type Text, textValue, value } from '../store.ts'
import { countEvents, lockWorkspaces } from './events.ts'

/** The columns of `messages m` with the status of its execution `x`, under names of their own. */
export const messageColumns = sql`
  m.workspace_id as "message.workspaceId", m.kind as "message.kind", m.prompt as "message.prompt", m.response as "message.response", m.text as "message.text",
  m.user_id as "message.userId", m.author_name as "message.authorName", m.thread_id as "message.threadId", m.trigger_id as "message.triggerId",
  m.execution_id as "message.executionId", x.status as "message.status", m.client_id as "message.clientId", m.version as "message.version",
  m.include as "message.include", m.created_at as "message.createdAt", m.updated_at as "message.updatedAt"`

export interface MessageRow {
  'message.id': number
  'message.workspaceId': number
  'message.kind': string
  'message.prompt': string
  'message.response': string | null
  'message.text': string
  'message.userId': string | null
  'message.authorName': string
  'message.threadId': number | null
  'message.triggerId': number | null
  'message.executionId': number | null
  'message.status': string | null
  'message.clientId': string | null
  'message.version': number
  'message.include': number | boolean
  'message.createdAt': number
  'message.updatedAt': number
}

export const toMessage = (row: MessageRow): Message => ({
  id: row['message.id'],
  workspaceId: row['message.workspaceId'],
  kind: row['message.kind'] as Message['kind'],
  prompt: row['message.prompt'],
  response: row['message.response'],
  text: row['message.text'],
  author: { id: row['message.userId'], name: row['message.authorName'] },
  threadId: row['message.threadId'],
  triggerId: row['message.triggerId'],
  executionId: row['message.executionId'],
  status: row['message.status'] as Status | null,
  clientId: row['message.clientId'],
  include: Boolean(row['message.include']),
  version: row['message.version'],
  createdAt: new Date(row['message.createdAt']).toISOString(),
  updatedAt: new Date(row['message.updatedAt']).toISOString(),
})

const select = sql`select m.id as "message.id", ${messageColumns} from messages m left join executions x on x.id = m.execution_id`

const beforeText: Text = () => sql`
  ${select} where m.workspace_id = ${value('workspaceId')} and m.include = true and m.id < ${value('before')} order by m.id desc limit ${value('limit')}`
const afterText: Text = () => sql`
  ${select} where m.workspace_id = ${value('workspaceId')} and m.include = true and m.id > ${value('after')} order by m.id limit ${value('limit')}`
const searchSqliteText: Text = () => sql`
  ${select} where m.id in (
    select f.rowid from messages_search f join messages s on s.id = f.rowid
    where f.messages_search match ${value('q')} and f.rowid < ${value('before')} and s.workspace_id = ${value('workspaceId')} and s.include = true
    order by f.rowid desc limit ${value('limit')})
  order by m.id desc`
const searchPostgresText: Text = () => sql`
  ${select} where to_tsvector('simple', m.text) @@ plainto_tsquery('simple', ${textValue('q')})
    and m.id < ${value('before')} and m.workspace_id = ${value('workspaceId')} and m.include = true
  order by m.id desc limit ${value('limit')}`

/** Words as FTS5 takes them: each quoted, so that no operator or column name is read out of what a person typed. */
const quoted = (q: string) =>
  q
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => `"${word.replaceAll('"', '""')}"`)
    .join(' ')

/** A page of the feed, oldest first; with `q`, the newest that have all its words. */
export async function list(
  store: Store,
  workspaceId: number,
  { before, after, q, limit }: MessageQuery,
): Promise<Message[]> {
  const words = q?.trim()
  const values = { workspaceId, limit, before: before ?? Number.MAX_SAFE_INTEGER, after: after ?? 0 }
  if (words) {
    const rows =
      store.dialect === 'sqlite'
        ? await store.all<MessageRow>(searchSqliteText, { ...values, q: quoted(words) })
        : await store.all<MessageRow>(searchPostgresText, { ...values, q: words })
    return rows.map(toMessage).reverse()
  }
  if (after !== undefined) return (await store.all<MessageRow>(afterText, values)).map(toMessage)
  return (await store.all<MessageRow>(beforeText, values)).map(toMessage).reverse()
}

/** The workspace's newest message, which under its lock is the one just posted, if one was. */
const newest = sql`(select max(n.id) from messages n where n.workspace_id = ${intValue('workspaceId')} and n.include = true)`
const postText: Text = () => sql`
  insert into messages (workspace_id, kind, prompt, response, text, user_id, author_name, thread_id, trigger_id, client_id, created_at, updated_at)
  select ${intValue('workspaceId')}, ${textValue('kind')}, ${textValue('prompt')}, ${textValue('response')}, ${textValue('text')}, ${textValue('userId')}, ${textValue('authorName')},
    (select coalesce(parent.thread_id, parent.id) from messages parent where parent.id = ${intValue('threadId')} and parent.workspace_id = ${intValue('workspaceId')}),
    ${intValue('triggerId')}, ${textValue('clientId')}, ${intValue('now')}, ${intValue('now')}
  where true
  on conflict do nothing`
const tellPostedText: Text = () => sql`
  insert into events (workspace_id, seq, at, type, message_id)
  select w.id, w.last_seq + 1, ${intValue('now')}, 'chat:message', m.id
  from workspaces w join messages m on m.workspace_id = w.id and m.id = ${newest}
  where w.id = ${intValue('workspaceId')} and m.created_at = ${intValue('now')} and m.user_id is not distinct from ${textValue('userId')}
    and m.client_id is not distinct from ${textValue('clientId')}
    and not exists (select 1 from events told where told.workspace_id = w.id and told.seq = w.last_seq and told.message_id = m.id)`
const postedText: Text = () => sql`
  ${select} where m.id = coalesce((
    select c.id from messages c where c.workspace_id = ${intValue('workspaceId')} and c.user_id is not distinct from ${textValue('userId')} and c.client_id = ${textValue('clientId')}), ${newest})`

export interface Posting {
  workspaceId: number
  kind: Message['kind']
  text: string
  prompt?: string
  response?: string | null
  author: { id: string | null; name: string }
  threadId?: number | undefined
  triggerId?: number | undefined
  clientId?: string | undefined
}

/** Writes a message and tells of it. One that the same person sent before under the same client id is answered, not written again. */
export async function post(store: Store, posting: Posting, now: Date): Promise<Message> {
  const values = {
    workspaceId: posting.workspaceId,
    kind: posting.kind,
    prompt: posting.prompt ?? posting.text,
    response: posting.response ?? null,
    text: posting.text,
    userId: posting.author.id,
    authorName: posting.author.name,
    threadId: posting.threadId ?? null,
    triggerId: posting.triggerId ?? null,
    clientId: posting.clientId ?? null,
    now,
  }
  const answers = await store.atomically([
    lockWorkspaces([posting.workspaceId]),
    [postText, values],
    [tellPostedText, values],
    countEvents([posting.workspaceId]),
    [postedText, values],
  ])
  const [row] = answers.at(-1) as unknown as MessageRow[]
  if (!row) throw new Error('A message that was just written is not there.')
  return toMessage(row)
}

const getText: Text = () =>
  sql`${select} where m.workspace_id = ${value('workspaceId')} and m.id = ${value('id')}`
export async function get(store: Store, workspaceId: number, id: number): Promise<Message | null> {
  const [row] = await store.all<MessageRow>(getText, { workspaceId, id })
  return row ? toMessage(row) : null
}
