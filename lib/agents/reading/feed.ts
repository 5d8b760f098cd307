/** A feed of any dialect (RSS, Atom, RDF, JSON) as its newest items. */
import type { Clock } from '../../clock.ts'
import { inThread } from './in-a-thread.ts'

export interface FeedItem {
  id: string | null
  title: string | null
  link: string | null
  published: string | null
  /** Without markup, as far as was asked for. */
  summary: string | null
}
export interface Feed {
  title: string | null
  items: FeedItem[]
  /** How many more it has. */
  more?: number
}

/** `what`: how an error names it. @throws Unreadable */
export const readFeed = (
  source: string,
  { what, most, longest, clock }: { what: string; most: number; longest: number; clock: Clock },
): Promise<Feed> =>
  inThread(new URL('./feed-items.ts', import.meta.url), { data: { source, most, longest }, what, clock })
