/** A text as it is kept: no longer than the bound, and such that every database takes it. */
import { MOST_CHARACTERS } from './limits.ts'

export interface Read {
  text: string
  /** What was left out. */
  left: string | null
}
export function kept({ text, left }: Read): Read {
  // A database keeps no NUL and no half of a character.
  const clean = text.slice(0, MOST_CHARACTERS).replaceAll('\0', '').toWellFormed()
  return {
    text: clean,
    left: text.length > MOST_CHARACTERS ? 'Only its first 5,000,000 characters are read.' : left,
  }
}
