/**
 * Where words stand: in what was said, what ran, what is kept, what is planned; the newest first.
 *
 * Promise: a text is found when it has all of the terms, each literally and in whichever case; in what has an index of
 * words (messages, documents) a term stands at the beginning of one. A page begins where the one before it ended,
 * whatever has been added since. Few that an index names are looked at; where it names many, the newest are found by
 * walking from the newest.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Hit } from '#lib/contract/search.ts'
import { containing } from '../containing.ts'
import { alias, as, oneOf, statement, t, table } from '../statement.ts'
import type { Phrases, Store } from '../store.ts'
import { indexAll } from './messages.ts'
import { forFts5, forTsquery } from './words.ts'

const m = alias(t.messages, 'm')
const e = alias(t.executions, 'e')
const d = alias(t.documents, 'd')
const tr = alias(t.triggers, 't')

const values = {
  workspaceId: 'int',
  /** Before this place; the kinds have an order where two are of one instant. */
  beforeAt: 'int',
  beforeKind: 'int',
  beforeId: 'int',
  from: 'int',
  to: 'int',
  limit: 'int',
} as const
const rows = { term: 'text' } as const
const indexed = { ...values, q: 'text' } as const

/** So much of a text is looked at for what is shown of it. */
const SHOWN = 20_000

type Scope = Phrases & {
  answer: SQL
  values: Record<keyof typeof values, SQL>
  row: Record<keyof typeof rows, SQL>
}
type Indexed = Scope & { values: Record<keyof typeof indexed, SQL> }
interface Place {
  /** The number of the kind in the order. */
  nth: number
  from: SQL
  workspaceId: SQLWrapper
  id: SQLWrapper
  at: SQLWrapper
  /** What the words may stand in. */
  text: SQL
  where?: SQL
}

const searched =
  ({ nth, from, workspaceId, id, at, text, where }: Place, namedBy?: (q: SQL) => SQL) =>
  ({ answer, lower, page, row, values: it }: Scope | Indexed) =>
    sql`
  select ${answer} from ${from}
  where ${workspaceId} = ${it.workspaceId} ${where ? sql`and ${where}` : sql``}
    and ${at} >= ${it.from} and ${at} < ${it.to}
    and (${at} < ${it.beforeAt} or (${at} = ${it.beforeAt} and (${sql.raw(String(nth))} > ${it.beforeKind}
      or (${sql.raw(String(nth))} = ${it.beforeKind} and ${id} < ${it.beforeId}))))
    and not exists (select 1 from ${page} where ${lower(text)} not like ${row.term} escape '\\')
    ${namedBy && 'q' in it ? sql`and ${id} in (${namedBy(it.q)})` : sql``}
  order by ${at} desc, ${id} desc limit ${it.limit}`

const ON = ['sqlite', 'postgres'] as const
/** The ids that an index of words names, on each database. */
type Index = Record<(typeof ON)[number], (q: SQL) => SQL>
function byIndex(answer: ReturnType<typeof answerOf>, place: Place, index: Index) {
  const [sqlite, postgres] = ON.map((only) => ({
    find: statement({
      ...{ only, rows, answer },
      values: indexed,
      text: searched(place, (q) => index[only](q)),
    }),
    count: statement({
      only,
      values: { q: 'text', most: 'int' },
      answer: { count: as('int', sql`count(*)`) },
      text: ({ answer: counted, values: { q, most } }) => sql`
      select ${counted} from (select 1 as one from (${index[only](q)}) as named limit ${most}) as few`,
    }),
  }))
  return { sqlite, postgres } as Record<(typeof ON)[number], NonNullable<typeof sqlite>>
}
const x = alias(t.messages, 'x')
const y = alias(t.documents, 'y')

const answerOf = (
  kind: Hit['kind'],
  id: typeof m.id | typeof e.id | typeof d.id | typeof tr.id,
  it: { title: SQLWrapper; text: SQLWrapper; at: SQLWrapper },
) => ({
  kind: oneOf<Hit['kind']>(sql`'${sql.raw(kind)}'`),
  id,
  title: as('text', it.title),
  text: as('text', sql`substr(${it.text}, 1, ${sql.raw(String(SHOWN))})`),
  at: as('int', it.at),
})

const ofMessage = sql`case when ${m.kind} = 'result' then ${m.prompt} else ${m.authorName} end`
const messagePlace: Place = {
  nth: 0,
  from: table(m),
  workspaceId: m.workspaceId,
  id: m.id,
  at: m.createdAt,
  text: sql`${m.text}`,
  where: sql`${m.include} = true and ${m.deletedAt} is null`,
}
const messageAnswer = answerOf('message', m.id, { title: ofMessage, text: m.text, at: m.createdAt })
const inMessages = statement({ values, rows, answer: messageAnswer, text: searched(messagePlace) })
const messagesByIndex = byIndex(messageAnswer, messagePlace, {
  sqlite: (q) => sql`select rowid from messages_search where messages_search match ${q}`,
  postgres: (q) =>
    sql`select ${x.id} from ${table(x)} where text_terms(${x.text}) @@ to_tsquery('simple', ${q})`,
})
const ofRun = sql`coalesce(${e.output}, ${e.error}, ${e.reason}, '')`
const inExecutions = statement({
  values,
  rows,
  answer: answerOf('execution', e.id, { title: e.triggerName, text: ofRun, at: e.queuedAt }),
  text: searched({
    nth: 1,
    from: table(e),
    workspaceId: e.workspaceId,
    id: e.id,
    at: e.queuedAt,
    text: sql`(${e.triggerName} || ' ' || coalesce(${e.output}, '') || ' ' || coalesce(${e.error}, '') || ' ' || coalesce(${e.reason}, ''))`,
  }),
})
const ofDocument = sql`coalesce(${d.updatedAt}, ${d.createdAt})`
const documentPlace: Place = {
  nth: 2,
  from: table(d),
  workspaceId: d.workspaceId,
  id: d.id,
  at: ofDocument,
  text: sql`(${d.name} || ' ' || ${d.content})`,
}
const documentAnswer = answerOf('document', d.id, { title: d.name, text: d.content, at: ofDocument })
const inDocuments = statement({ values, rows, answer: documentAnswer, text: searched(documentPlace) })
const documentsByIndex = byIndex(documentAnswer, documentPlace, {
  sqlite: (q) => sql`select rowid from documents_search where documents_search match ${q}`,
  postgres: (q) => sql`
    select ${y.id} from ${table(y)}
    where text_terms(${y.name} || ' ' || ${y.content}) @@ to_tsquery('simple', ${q})`,
})
const inTriggers = statement({
  values,
  rows,
  answer: answerOf('trigger', tr.id, { title: tr.name, text: tr.description, at: tr.updatedAt }),
  text: searched({
    nth: 3,
    from: table(tr),
    workspaceId: tr.workspaceId,
    id: tr.id,
    at: tr.updatedAt,
    text: sql`(${tr.name} || ' ' || ${tr.description} || ' ' || ${tr.agentId})`,
    where: sql`${tr.deletedAt} is null and ${tr.kind} <> 'chat'`,
  }),
})

const IN = { messages: inMessages, executions: inExecutions, documents: inDocuments, triggers: inTriggers }
const BY_INDEX = { messages: messagesByIndex, documents: documentsByIndex }
export const ORDER: readonly Hit['kind'][] = ['message', 'execution', 'document', 'trigger']

export interface Found extends Omit<Hit, 'snippet' | 'at'> {
  text: string
  at: number
}
/** Where a page ended. */
export interface SearchPlace {
  at: number
  kind: number
  id: number
}

export async function search(
  store: Store,
  workspaceId: number,
  {
    terms,
    within,
    before,
    from,
    to,
    limit,
  }: {
    terms: readonly string[]
    within: readonly (keyof typeof IN)[]
    before: SearchPlace | null
    from: Date | null
    to: Date | null
    limit: number
  },
): Promise<Found[]> {
  const asked = {
    workspaceId,
    limit,
    beforeAt: before?.at ?? Number.MAX_SAFE_INTEGER,
    beforeKind: before?.kind ?? ORDER.length,
    beforeId: before?.id ?? Number.MAX_SAFE_INTEGER,
    from: from?.getTime() ?? 0,
    to: to?.getTime() ?? Number.MAX_SAFE_INTEGER,
    rows: terms.map((it) => ({ term: containing(it) ?? '%' })),
  }
  const q = store.dialect === 'sqlite' ? forFts5(terms) : forTsquery(terms)
  if (q !== null && within.includes('messages')) await indexAll(store)
  const found = await Promise.all(
    within.map(async (it) => {
      const few = q !== null && (it === 'messages' || it === 'documents') && (await fewIn(store, it, q))
      return store.all(few ? few({ ...asked, q }) : IN[it](asked))
    }),
  )
  return found
    .flat()
    .sort((a, b) => b.at - a.at || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.id - a.id)
    .slice(0, limit)
}

/** Of more the newest few are found sooner by walking from the newest. */
const FEW = 2000
async function fewIn(store: Store, kind: keyof typeof BY_INDEX, q: string) {
  const { find, count } = BY_INDEX[kind][store.dialect]
  const [named] = await store.all(count({ q, most: FEW + 1 }))
  return named && named.count <= FEW ? find : null
}
