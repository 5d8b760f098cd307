/**
 * A text in passages, each small enough that what it means is one thing.
 *
 * Promise: they cover the text from its beginning, in order, and end at a paragraph, a line or a sentence where there
 * is one; where a text is longer than they may be many, its rest is left out.
 */
export interface Passage {
  /** In characters as databases count them, from 0: a character outside of the basic plane is one. */
  start: number
  length: number
  text: string
}

const LONGEST = 1500
const SHORTEST = 700
export const MOST_PASSAGES = 400
/** Where a passage may end, the best first. */
const ENDS = [/\n\s*\n/g, /\n/g, /[.!?。！？]\s/g, /\s/g]

export function passagesOf(text: string): Passage[] {
  const passages: Passage[] = []
  let start = 0
  for (let from = 0; from < text.length && passages.length < MOST_PASSAGES; ) {
    const to = endOf(text, from)
    const passage = text.slice(from, to)
    const length = [...passage].length
    if (passage.trim() !== '') passages.push({ start, length, text: passage.trim() })
    start += length
    from = to
  }
  return passages
}

function endOf(text: string, from: number): number {
  if (text.length - from <= LONGEST) return text.length
  const window = text.slice(from + SHORTEST, from + LONGEST)
  for (const end of ENDS) {
    const last = [...window.matchAll(end)].at(-1)
    if (last) return from + SHORTEST + last.index + last[0].length
  }
  const cut = from + LONGEST
  // Not through a character.
  return /[\uD800-\uDBFF]/.test(text.charAt(cut - 1)) ? cut - 1 : cut
}
