/** What a look at a source has brought: for the result, and for the next look. */
import type { Task } from '../../agent.ts'
import type { Difference } from './difference.ts'
import type { SourceMemory } from './memory.ts'

/** One thing that is watched: a page, an item of a feed, a file, a document that somebody sent. */
export interface Thing {
  name: string
  /** Where it is, if it is on the web. */
  link: string | null
  /** What it begins with. */
  excerpt?: string
  /** More of it, for a model that sums it up. */
  text?: string
  difference?: Difference
  /** What else there is to say. */
  note?: string
}
export interface Failed extends Thing {
  problem: string
  /** It was told before, and is as it was. */
  known: boolean
}

export interface Look<Kept extends SourceMemory = SourceMemory> {
  fresh: Thing[]
  changed: Thing[]
  unchanged: string[]
  gone: Thing[]
  failed: Failed[]
  /** The source as a whole did not answer; may it the next time? */
  down: { transient: boolean } | null
  /** It answers again, after it was said that it fails. */
  recovered: boolean
  /** It was never looked at before: what is there is not news. */
  first: boolean
  /** So many things are left to the next run. */
  rest: number
  /** Whether what was read came from outside. */
  tainted: boolean
  memory: Kept | null
}

export const nothing: Omit<Look, 'memory'> = {
  fresh: [],
  changed: [],
  unchanged: [],
  gone: [],
  failed: [],
  down: null,
  recovered: false,
  first: false,
  rest: 0,
  tainted: false,
}

/** What a source gave before, or null; and whether it was failing. */
export function known<Kept extends SourceMemory>(
  it: Kept | { failing: boolean; untried: true } | undefined | null,
) {
  return {
    before: it && !('untried' in it) ? (it as Exclude<Kept, { untried: true }>) : null,
    failing: it?.failing ?? false,
  }
}

/** A source that did not answer stays as it was known. */
export const isDown = (
  thing: Thing & { problem: string },
  before: SourceMemory | undefined | null,
  transient: boolean,
): Look => ({
  ...nothing,
  failed: [{ ...thing, known: before?.failing ?? false }],
  down: { transient },
  memory: before ? { ...before, failing: true } : { failing: true, untried: true },
})

/** Keeps what was read as a document; why it could not be, in words. */
export type Keep = (it: {
  name: string
  text: string
  mediaType: string
  original: Buffer | null
  from: string
}) => Promise<string | null>

export interface Ground extends Pick<Task<unknown>, 'tools' | 'signal'> {
  by: string
  keep: Keep
  /** The run has taken so long that what is left is left to the next one. */
  isLate(): boolean
}

const MOST_EXCERPT = 200
const MOST_TEXT = 1_500
/** What is told of something new. */
export const newsOf = (text: string) => ({
  excerpt: excerptOf(text),
  text: text.slice(0, MOST_TEXT).toWellFormed(),
})
const excerptOf = (text: string): string => {
  const line = text
    // Enough for an excerpt, and little for what follows: a text of brackets would keep it busy for hours.
    .slice(0, 4_000)
    .split('\n')
    .map((it) => it.replace(/^[\s#>*|+-]+/, '').trim())
    .filter((it) => it !== '')
    .join(' ')
    .replace(/\[([^[\]]{0,300})\]\([^)]{0,500}\)/g, '$1')
  return line.length > MOST_EXCERPT ? `${line.slice(0, MOST_EXCERPT).toWellFormed()}…` : line
}
