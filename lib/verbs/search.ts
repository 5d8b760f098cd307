/** One search over what was said, what ran, what is kept and what is planned. */
import { type Found, ORDER, type SearchPlace, search as searched } from '#db/queries/search.ts'
import { ProblemError, unacceptable } from '../contract/problem.ts'
import type { Hit, SearchQuery } from '../contract/search.ts'
import type { Deps } from './deps.ts'
import { snippetOf, termsOf } from './search-words.ts'

export async function search(
  { store }: Pick<Deps, 'store'>,
  workspaceId: number,
  { q, in: within, from, to, limit, cursor }: SearchQuery,
): Promise<{ hits: Hit[]; nextCursor: string | null }> {
  const terms = termsOf(q)
  if (terms.length === 0) throw unacceptable([{ path: 'q', message: 'has no word to look for' }])
  const found = await searched(store, workspaceId, {
    ...{ terms, within, before: placeOf(cursor), limit: limit + 1 },
    from: from ? new Date(from) : null,
    to: to ? new Date(to) : null,
  })
  const page = found.slice(0, limit)
  return {
    hits: page.map((it) => toHit(it, terms)),
    nextCursor: found.length > limit ? cursorOf(page.at(-1)) : null,
  }
}

const toHit = ({ kind, id, title, text, at }: Found, terms: readonly string[]): Hit => ({
  kind,
  id,
  title: title.replace(/^\[SCHEDULED\]\s*/, ''),
  snippet: snippetOf(text, terms),
  at: new Date(at).toISOString(),
})

const cursorOf = (it: Found | undefined) =>
  it ? Buffer.from(`${it.at}.${ORDER.indexOf(it.kind)}.${it.id}`).toString('base64url') : null
function placeOf(cursor: string | undefined): SearchPlace | null {
  if (!cursor) return null
  const parts = Buffer.from(cursor, 'base64url').toString().split('.').map(Number)
  const [at, kind, id] = parts
  if (parts.length !== 3 || !parts.every(Number.isSafeInteger))
    throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
  return { at: at as number, kind: kind as number, id: id as number }
}
