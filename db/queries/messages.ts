/** What the chat shows. */
import { type SQL, sql } from 'drizzle-orm'
import type { Message, MessageQuery } from '#lib/contract/message.ts'
import { containing } from '../containing.ts'
import { as, alias, insert, name, orNull, type RowsOf, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { countEvents, lockWorkspaces } from './story.ts'
import { allWords, isSpaceless, quoted } from './words.ts'

const m = alias(t.messages, 'm')
const x = alias(t.executions, 'x')
const w = alias(t.workspaces, 'w')
const parent = alias(t.messages, 'parent')
const sent = alias(t.messages, 'c')
const told = alias(t.events, 'told')

/** What is shown of a message, with the status of its execution. */
export const shownOf = (it: typeof m) => ({
  id: it.id,
  workspaceId: it.workspaceId,
  kind: it.kind,
  prompt: it.prompt,
  response: it.response,
  text: it.text,
  userId: it.userId,
  authorName: it.authorName,
  threadId: it.threadId,
  triggerId: it.triggerId,
  executionId: it.executionId,
  status: orNull(x.status),
  clientId: it.clientId,
  version: it.version,
  include: it.include,
  foldedInto: it.foldedInto,
  editedAt: it.editedAt,
  deletedAt: it.deletedAt,
  createdAt: it.createdAt,
  updatedAt: it.updatedAt,
})
/** The join that this status comes from. */
export const statusOf = (it: typeof m) => sql`left join ${table(x)} on ${x.id} = ${it.executionId}`
const shown = shownOf(m)
const messages = sql`${table(m)} ${statusOf(m)}`

export const toMessage = ({ userId, authorName, ...row }: MessageRow): Message => {
  const { editedAt, deletedAt, createdAt, updatedAt, ...it } = row
  return {
    ...it,
    author: { id: userId, name: authorName },
    editedAt: editedAt === null ? null : new Date(editedAt).toISOString(),
    deleted: deletedAt !== null,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  }
}

const before = statement({
  values: { workspaceId: 'int', before: 'int', limit: 'int' },
  answer: shown,
  text: ({ answer, values: { workspaceId, before, limit } }) => sql`
  select ${answer} from ${messages}
  where ${m.workspaceId} = ${workspaceId} and ${m.include} = true and ${m.id} < ${before}
  order by ${m.id} desc limit ${limit}`,
})
export type MessageRow = RowsOf<typeof before>
const after = statement({
  values: { workspaceId: 'int', after: 'int', limit: 'int' },
  answer: shown,
  text: ({ answer, values: { workspaceId, after, limit } }) => sql`
  select ${answer} from ${messages}
  where ${m.workspaceId} = ${workspaceId} and ${m.include} = true and ${m.id} > ${after}
  order by ${m.id} limit ${limit}`,
})
const ofThread = statement({
  values: { workspaceId: 'int', threadId: 'int', before: 'int', after: 'int', limit: 'int' },
  answer: shown,
  text: ({ answer, values: { workspaceId, threadId, before, after, limit } }) => sql`
  select ${answer} from ${messages}
  where ${m.threadId} = ${threadId} and ${m.workspaceId} = ${workspaceId} and ${m.include} = true
    and ${m.id} < ${before} and ${m.id} > ${after}
  order by ${m.id} desc limit ${limit}`,
})
/** The newest replies of a thread, the oldest first. */
export async function thread(
  store: Store,
  workspaceId: number,
  { threadId, before = Number.MAX_SAFE_INTEGER, after = 0, limit }: MessageQuery & { threadId: number },
): Promise<Message[]> {
  return (await store.all(ofThread({ workspaceId, threadId, before, after, limit }))).map(toMessage).reverse()
}
const INDEXED_AT_ONCE = 500
/** Messages that the text index does not have yet, the oldest first. Ids rise in the order of commits: one writer. */
const unindexed = sql`
  from ${table(m)} where ${m.id} > (select upto from messages_indexed)
  order by ${m.id} limit ${sql.raw(String(INDEXED_AT_ONCE))}`
const addToIndex = statement({
  only: 'sqlite',
  text: () => sql`insert into messages_search (rowid, text) select ${m.id}, ${m.text} ${unindexed}`,
})
const moveMark = statement({
  only: 'sqlite',
  answer: { more: as('flag', sql`exists (select 1 from ${table(m)} where ${m.id} > upto)`) },
  text: ({ returning }) => sql`
  update messages_indexed
  set upto = coalesce((select max(u.id) from (select ${m.id} as id ${unindexed}) u), upto)
  ${returning}`,
})
/**
 * Brings the text index a step nearer to the newest message; true while there is more to do. On SQLite it follows
 * the messages, for writing it with each of them would cost a herd a tenth of its time; PostgreSQL keeps it itself.
 */
export async function index(store: Store): Promise<boolean> {
  if (store.dialect !== 'sqlite') return false
  const [, [mark]] = await store.atomically([addToIndex(), moveMark()])
  return mark?.more ?? false
}

/** What was said a moment ago is found, too. */
export async function indexAll(store: Store): Promise<void> {
  for (let more = true; more; ) more = await index(store)
}

const searching = { workspaceId: 'int', q: 'text', before: 'int', limit: 'int' } as const
const searchSqlite = statement({
  only: 'sqlite',
  values: searching,
  answer: shown,
  text: ({ answer, values: { workspaceId, q, before, limit } }) => sql`
  select ${answer} from ${messages} where ${m.id} in (
    select f.rowid from messages_search f join ${table(sent)} on ${sent.id} = f.rowid
    where f.messages_search match ${q} and f.rowid < ${before}
      and ${sent.workspaceId} = ${workspaceId} and ${sent.include} = true
    order by f.rowid desc limit ${limit})
  order by ${m.id} desc`,
})
const searchPostgres = statement({
  only: 'postgres',
  values: searching,
  answer: shown,
  text: ({ answer, values: { workspaceId, q, before, limit } }) => sql`
  select ${answer} from ${messages}
  where text_terms(${m.text}) @@ to_tsquery('simple', ${q})
    and ${m.id} < ${before} and ${m.workspaceId} = ${workspaceId} and ${m.include} = true
  order by ${m.id} desc limit ${limit}`,
})

/** Such words are looked for inside the texts, with what else was asked for. */
const searchInside = statement({
  values: { workspaceId: 'int', before: 'int', limit: 'int' },
  rows: { word: 'text' },
  answer: shown,
  text: ({ answer, lower, page, row, values: { workspaceId, before, limit } }) => sql`
  select ${answer} from ${messages}
  where ${m.workspaceId} = ${workspaceId} and ${m.include} = true and ${m.id} < ${before}
    and not exists (select 1 from ${page} where ${lower(m.text)} not like ${row.word} escape '\\')
  order by ${m.id} desc limit ${limit}`,
})

async function searchFor(
  store: Store,
  words: string,
  values: { workspaceId: number; before: number; limit: number },
): Promise<ReturnType<typeof searchInside>> {
  if (isSpaceless(words))
    return searchInside({
      ...values,
      rows: words.split(/\s+/).map((it) => ({ word: containing(it) ?? '%' })),
    })
  if (store.dialect === 'postgres') return searchPostgres({ ...values, q: allWords(words) })
  await indexAll(store)
  return searchSqlite({ ...values, q: quoted(words) })
}

/** A page of the feed, oldest first; with `q`, the newest that have all its words. */
export async function list(
  store: Store,
  workspaceId: number,
  { before: place = Number.MAX_SAFE_INTEGER, after: from, q, limit }: MessageQuery,
): Promise<Message[]> {
  const words = q?.trim()
  const values = { workspaceId, limit, before: place }
  if (words) return (await store.all(await searchFor(store, words, values))).map(toMessage).reverse()
  if (from !== undefined) return (await store.all(after({ workspaceId, limit, after: from }))).map(toMessage)
  return (await store.all(before(values))).map(toMessage).reverse()
}

/** The workspace's newest message, which under its lock is the one just posted, if one was. */
const newest = (workspaceId: SQL) => sql`(
  select max(${parent.id}) from ${table(parent)}
  where ${parent.workspaceId} = ${workspaceId} and ${parent.include} = true)`
const sender = { workspaceId: 'int', userId: 'text?', clientId: 'text?' } as const

const write = statement({
  values: {
    ...sender,
    kind: m.kind,
    prompt: 'text',
    response: 'text?',
    text: 'text',
    authorName: 'text',
    threadId: 'int?',
    triggerId: 'int?',
    mentions: 'text?',
    asks: 'text?',
    now: 'instant',
  },
  text: ({ values: { now, threadId, ...values } }) => sql`
  ${insert(t.messages, {
    ...values,
    threadId: sql`(
      select coalesce(${parent.threadId}, ${parent.id}) from ${table(parent)}
      where ${parent.id} = ${threadId} and ${parent.workspaceId} = ${values.workspaceId})`,
    createdAt: now,
    updatedAt: now,
  })}
  where not exists (
    select 1 from ${table(sent)} where ${sent.workspaceId} = ${values.workspaceId}
      and ${sent.userId} is not distinct from ${values.userId} and ${sent.clientId} = ${values.clientId})
  on conflict do nothing`,
})
const tellPosted = statement({
  values: { ...sender, now: 'instant' },
  text: ({ values: { workspaceId, userId, clientId, now } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: sql`${w.lastSeq} + 1`,
    at: now,
    type: sql`'chat:message'`,
    messageId: m.id,
  })}
  from ${table(w)} join ${table(m)} on ${m.workspaceId} = ${w.id} and ${m.id} = ${newest(workspaceId)}
  where ${w.id} = ${workspaceId} and ${m.createdAt} = ${now}
    and ${m.userId} is not distinct from ${userId} and ${m.clientId} is not distinct from ${clientId}
    and not exists (
      select 1 from ${table(told)}
      where ${told.workspaceId} = ${w.id} and ${told.seq} = ${w.lastSeq} and ${told.messageId} = ${m.id})`,
})
const posted = statement({
  values: sender,
  answer: shown,
  text: ({ answer, values: { workspaceId, userId, clientId } }) => sql`
  select ${answer} from ${messages} where ${m.id} = coalesce((
    select ${sent.id} from ${table(sent)}
    where ${sent.workspaceId} = ${workspaceId} and ${sent.userId} is not distinct from ${userId}
      and ${sent.clientId} = ${clientId}), ${newest(workspaceId)})`,
})

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
  /** Ids of people. */
  mentions?: readonly string[] | undefined
  /** Whom it asks: owed from now on. Null: nobody. */
  asks?: object | null
}

const asIds = (ids: readonly string[] | undefined) => (ids && ids.length > 0 ? JSON.stringify(ids) : null)

/**
 * Writes a message and tells of it. One that the same person sent before under the same client id is
 * answered, not written again.
 */
export async function post(store: Store, posting: Posting, now: Date): Promise<Message> {
  const { workspaceId, author, clientId = null } = posting
  const from = { workspaceId, userId: author.id, clientId }
  const [, , , , [row]] = await store.atomically([
    lockWorkspaces([workspaceId]),
    write({
      ...from,
      kind: posting.kind,
      prompt: posting.prompt ?? posting.text,
      response: posting.response ?? null,
      text: posting.text,
      authorName: author.name,
      threadId: posting.threadId ?? null,
      triggerId: posting.triggerId ?? null,
      mentions: asIds(posting.mentions),
      asks: posting.asks ? JSON.stringify(posting.asks) : null,
      now,
    }),
    tellPosted({ ...from, now }),
    countEvents([workspaceId]),
    posted(from),
  ])
  if (!row) throw new Error('A message that was just written is not there.')
  return toMessage(row)
}

const asking = statement({
  values: { before: 'instant', after: 'int', limit: 'int' },
  answer: { id: m.id, workspaceId: m.workspaceId, text: m.text, threadId: m.threadId, asks: orNull(m.asks) },
  text: ({ answer, values: { before, after, limit } }) => sql`
  select ${answer} from ${table(m)}
  where ${m.asks} is not null and ${m.createdAt} <= ${before} and ${m.id} > ${after} order by ${m.id} limit ${limit}`,
})
/** Messages of before an instant that still owe somebody an answer. */
export const stillAsking = (store: Store, it: { before: Date; after: number; limit: number }) =>
  store.all(asking(it))
const settleAsking = statement({
  values: { id: 'int' },
  text: ({ values: { id } }) => sql`
  update ${table(t.messages)} ${set(t.messages, { asks: sql`null` })} where ${name(t.messages.id)} = ${id}`,
})
/** Each of those whom it asks has its run. */
export async function asked(store: Store, id: number): Promise<void> {
  await store.atomically([settleAsking({ id })])
}

const one = statement({
  values: { workspaceId: 'int', id: 'int' },
  answer: shown,
  text: ({ answer, values: { workspaceId, id } }) =>
    sql`select ${answer} from ${messages} where ${m.workspaceId} = ${workspaceId} and ${m.id} = ${id}`,
})
export async function get(store: Store, workspaceId: number, id: number): Promise<Message | null> {
  const [row] = await store.all(one({ workspaceId, id }))
  return row ? toMessage(row) : null
}

const changing = { workspaceId: 'int', id: 'int', version: 'int' } as const
const isAsSeen = (it: typeof m, { workspaceId, id, version }: Record<keyof typeof changing, SQL>) => sql`
  ${it.workspaceId} = ${workspaceId} and ${it.id} = ${id} and ${it.version} = ${version} and ${it.deletedAt} is null`
const tellChanged = statement({
  values: { ...changing, now: 'instant' },
  text: ({ values: { now, ...seen } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: sql`${w.lastSeq} + 1`,
    at: now,
    type: sql`'chat:updated'`,
    messageId: m.id,
  })}
  from ${table(m)} join ${table(w)} on ${w.id} = ${m.workspaceId}
  where ${isAsSeen(m, seen)}`,
})
const reword = statement({
  values: { ...changing, text: 'text', mentions: 'text?', now: 'instant' },
  answer: { id: t.messages.id },
  text: ({ returning, values: { now, text, mentions, ...seen } }) => sql`
  update ${table(t.messages)} ${set(t.messages, {
    text,
    prompt: text,
    mentions,
    editedAt: now,
    version: sql`${t.messages.version} + 1`,
    updatedAt: now,
  })}
  where ${isAsSeen(t.messages as unknown as typeof m, seen)} ${returning}`,
})
const wipe = statement({
  values: { ...changing, now: 'instant' },
  answer: { id: t.messages.id },
  text: ({ returning, values: { now, ...seen } }) => sql`
  update ${table(t.messages)} ${set(t.messages, {
    text: sql`''`,
    prompt: sql`case when ${t.messages.kind} = 'result' then ${t.messages.prompt} else '' end`,
    response: sql`null`,
    mentions: sql`null`,
    asks: sql`null`,
    deletedAt: now,
    version: sql`${t.messages.version} + 1`,
    updatedAt: now,
  })}
  where ${isAsSeen(t.messages as unknown as typeof m, seen)} ${returning}`,
})

interface Seen {
  workspaceId: number
  id: number
  version: number
}
/** Changes the words of a message as it was seen, and tells of it. False: it is another by now. */
export async function change(
  store: Store,
  seen: Seen,
  { text, mentions }: { text: string; mentions: readonly string[] },
  now: Date,
): Promise<boolean> {
  const [, , changed] = await store.atomically([
    lockWorkspaces([seen.workspaceId]),
    tellChanged({ ...seen, now }),
    reword({ ...seen, text, mentions: asIds(mentions), now }),
    countEvents([seen.workspaceId]),
  ])
  return changed.length === 1
}
/** Takes the words of a message away as it was seen, and tells of it. False: it is another by now. */
export async function remove(store: Store, seen: Seen, now: Date): Promise<boolean> {
  const [, , gone] = await store.atomically([
    lockWorkspaces([seen.workspaceId]),
    tellChanged({ ...seen, now }),
    wipe({ ...seen, now }),
    countEvents([seen.workspaceId]),
  ])
  return gone.length === 1
}
