/** What a person typed into a search, as the text indexes take it. */

/** Chinese and Japanese put no spaces between words, Korean hangs particles on them: an index has no such word. */
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
export const isSpaceless = (q: string): boolean => SPACELESS.test(q)

/** Words as FTS5 takes them: each quoted, so that no operator or column name is read out of what a person typed. */
export const quoted = (q: string): string =>
  q
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => `"${word.replaceAll('"', '""')}"`)
    .join(' ')

const WORDS = /[\p{L}\p{Nd}]+/gu
/** The beginning of a word that so many others have is no help: an index would put together what stands at each. */
const LEAST = 3

/** What of a term an index can look for: words after one another, the last of them perhaps the beginning of one. */
interface Sought {
  text: string
  isBeginning: boolean
}
/** Null: nothing of it. */
function soughtOf(term: string): Sought | null {
  if (isSpaceless(term)) return null
  const goesOn = /[\p{L}\p{Nd}]+$/u.exec(term)
  const isShort = goesOn !== null && [...goesOn[0]].length < LEAST
  const text = isShort ? term.slice(0, goesOn.index) : term
  return text.search(WORDS) >= 0 ? { text, isBeginning: goesOn !== null && !isShort } : null
}
const allSought = (terms: readonly string[]) => terms.flatMap((it) => soughtOf(it) ?? [])

/** Terms for FTS5; null where none of them is anything that an index has. */
export function forFts5(terms: readonly string[]): string | null {
  const sought = allSought(terms).map(
    (it) => `"${it.text.replaceAll('"', '""')}"${it.isBeginning ? ' *' : ''}`,
  )
  return sought.length > 0 ? sought.join(' AND ') : null
}

/**
 * The same for PostgreSQL, against what `text_terms` makes of a text: words wherever they stand. Nothing but letters
 * and digits gets into it.
 */
export function forTsquery(terms: readonly string[]): string | null {
  const words = allSought(terms).flatMap(({ text, isBeginning }) => {
    const all = text.toLowerCase().match(WORDS) ?? []
    return all.map((it, n) => `'${it}'${isBeginning && n === all.length - 1 ? ':*' : ''}`)
  })
  return words.length > 0 ? words.join(' & ') : null
}
/** All words of a text, whole. */
export const allWords = (text: string): string =>
  (text.toLowerCase().match(WORDS) ?? []).map((it) => `'${it}'`).join(' & ')
