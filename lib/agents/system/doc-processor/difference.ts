/** What differs between two texts, as sentences: those that came, and those that went, as far as they are few. */

export interface Difference {
  added: string[]
  removed: string[]
}

const MOST_KEPT = 20
/** One sentence of a page is a line of a table, too. */
const sentencesOf = (text: string): string[] =>
  text
    .split(/\n+|(?<=[.!?。！？])\s+/)
    .map((it) =>
      it
        .replace(/^[\s#>*|+-]+/, '')
        .trimEnd()
        .replace(/\s+/g, ' '),
    )
    .filter((it) => /[\p{L}\p{N}]/u.test(it))

export function differenceOf(before: string, after: string): Difference {
  const [old, now] = [sentencesOf(before), sentencesOf(after)]
  return { added: missingIn(old, now), removed: missingIn(now, old) }
}

function missingIn(known: string[], sentences: string[]): string[] {
  const there = new Set(known)
  return sentences.filter((it) => !there.has(it)).slice(0, MOST_KEPT)
}
