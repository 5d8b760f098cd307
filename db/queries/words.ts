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
