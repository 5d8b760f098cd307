/**
 * Documents by their words: those that have all of them, the best first, each with the place where they stand.
 * SQLite keeps the index by triggers, PostgreSQL by a column that is computed.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { FoundDocument } from '#lib/contract/document.ts'
import { containing } from '../containing.ts'
import { alias, as, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { shown, toDocument } from './documents.ts'
import { isSpaceless, quoted } from './words.ts'

const d = alias(t.documents, 'd')
const x = alias(t.documents, 'x')
const found = (snippet: SQL) => ({ ...shown, tainted: d.tainted, snippet: as('text', snippet) })
const searching = { workspaceId: 'int', q: 'text', limit: 'int', skip: 'int' } as const

const BEFORE = 80
const LONGEST = 240
/** What stands around the first place of a word; the beginning where it is not found as it was typed. */
const around = (place: SQL): SQL =>
  sql`substr(${d.content}, case when ${place} > ${sql.raw(String(BEFORE))}
    then ${place} - ${sql.raw(String(BEFORE))} else 1 end, ${sql.raw(String(LONGEST))})`

const searchSqlite = statement({
  only: 'sqlite',
  values: searching,
  answer: found(sql`snippet(documents_search, 1, '', '', '…', 32)`),
  text: ({ answer, values: { workspaceId, q, limit, skip } }) => sql`
  select ${answer} from documents_search join ${table(d)} on ${d.id} = documents_search.rowid
  where documents_search match ${q} and ${d.workspaceId} = ${workspaceId}
  order by bm25(documents_search, 8.0, 1.0), ${d.id} desc limit ${limit} offset ${skip}`,
})
const icu = (text: SQLWrapper) => sql`lower(${text} collate "und-x-icu")`
const searchPostgres = statement({
  only: 'postgres',
  values: { ...searching, word: 'text' },
  answer: ({ word }) => found(around(sql`strpos(${icu(d.content)}, ${icu(word)})`)),
  text: ({ answer, lower, values: { workspaceId, q, limit, skip } }) => sql`
  select ${answer} from (
    select ${x.id} as id, ts_rank(x.words, query, 1) as rank
    from ${table(x)}, plainto_tsquery('simple', ${lower(q)}) query
    where x.words @@ query and ${x.workspaceId} = ${workspaceId}
    order by rank desc, ${x.id} desc limit ${limit} offset ${skip}) best
  join ${table(d)} on ${d.id} = best.id order by best.rank desc, ${d.id} desc`,
})

/** Words that no index has are looked for inside the texts, with what else was asked for. */
const searchInside = (only: 'sqlite' | 'postgres', placeOf: (word: SQL) => SQL) =>
  statement({
    only,
    values: { workspaceId: 'int', word: 'text', limit: 'int', skip: 'int' },
    rows: { word: 'text' },
    answer: ({ word }) => found(around(placeOf(word))),
    text: ({ answer, lower, page, row, values: { workspaceId, limit, skip } }) => sql`
    select ${answer} from ${table(d)} where ${d.workspaceId} = ${workspaceId} and not exists (
      select 1 from ${page} where ${lower(sql`${d.name} || ' ' || ${d.content}`)} not like ${row.word} escape '\\')
    order by ${d.id} desc limit ${limit} offset ${skip}`,
  })
const insideSqlite = searchInside('sqlite', (word) => sql`instr(lower(${d.content}), lower(${word}))`)
const insidePostgres = searchInside('postgres', (word) => sql`strpos(${icu(d.content)}, ${icu(word)})`)

function searchFor(store: Store, values: { workspaceId: number; q: string; limit: number; skip: number }) {
  const words = values.q.split(/\s+/).filter(Boolean)
  // Signs around a word are no part of what the index has of it.
  const word = words[0]?.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '') ?? ''
  if (isSpaceless(values.q)) {
    const rows = words.map((it) => ({ word: containing(it) ?? '%' }))
    const { q: _, ...rest } = values
    return (store.dialect === 'postgres' ? insidePostgres : insideSqlite)({ ...rest, word, rows })
  }
  if (store.dialect === 'postgres') return searchPostgres({ ...values, word })
  return searchSqlite({ ...values, q: quoted(values.q) })
}

/** One line, with a sign where more stands before or after it. */
function lineOf(snippet: string, text: number): string {
  const line = snippet.replace(/\s+/g, ' ').trim()
  const isCut = snippet.length >= LONGEST && text > LONGEST && !line.endsWith('…')
  return isCut ? `${line}…` : line
}

/** `skip`: so many of the best are known already. */
export async function find(
  store: Store,
  workspaceId: number,
  asked: { q: string; limit: number; skip: number },
): Promise<(FoundDocument & { tainted: boolean })[]> {
  const rows = await store.all(searchFor(store, { workspaceId, ...asked }))
  return rows.map((row) => ({ ...toDocument(row), snippet: lineOf(row.snippet, row.textLength) }))
}
