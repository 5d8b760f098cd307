/**
 * The conversation of a schedule: what its earlier runs said, as turns before the one that begins.
 *
 * Promise: it never has more runs or bytes than it may; what is left out is the oldest, and what is there stands as it
 * was said. Only a result that alone is longer than all may be is cut.
 */
import type { ModelMessage } from 'ai'
import { wall } from './prompt.ts'

const MOST_RUNS = 10
const MOST_BYTES = 32 * 1024
/** So many characters are enough to see that a result does not fit. */
export const MOST_READ = { runs: MOST_RUNS, characters: MOST_BYTES + 1 }
const CUT = '\n\n… (the rest is left out)'

export interface Said {
  /** In milliseconds. */
  at: number
  text: string
  tainted: boolean
}

/** JSON: kept with the run, so that whoever continues it tells the model the same. */
export interface Earlier {
  run: string
  text: string
}

/** The newest first in, the newest last out. */
export function conversationOf(
  said: readonly Said[],
  timezone: string,
): { earlier: Earlier[]; tainted: boolean } {
  // A turn without a word is refused by models.
  const kept = fitting(said.filter(({ text }) => text.trim() !== '').slice(0, MOST_RUNS))
  const earlier = kept
    .map(({ at, text }) => ({ run: `Run of ${wall(new Date(at), timezone)}`, text }))
    .reverse()
  return { earlier, tainted: kept.some((it) => it.tainted) }
}

function fitting(said: readonly Said[]): Said[] {
  const kept: Said[] = []
  let left = MOST_BYTES
  for (const it of said) {
    left -= Buffer.byteLength(it.text)
    if (left < 0) return kept.length > 0 ? kept : [{ ...it, text: cut(it.text) }]
    kept.push(it)
  }
  return kept
}

/** At a whole character. */
function cut(text: string): string {
  const beginning = Buffer.from(text).subarray(0, MOST_BYTES - Buffer.byteLength(CUT))
  return new TextDecoder().decode(beginning, { stream: true }) + CUT
}

export const asMessages = (earlier: readonly Earlier[]): ModelMessage[] =>
  earlier.flatMap(({ run, text }): ModelMessage[] => [
    { role: 'user', content: run },
    { role: 'assistant', content: text },
  ])
