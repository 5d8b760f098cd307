/** What is in a feed, by the ids of its items; its value is the title of the newest. */
import { createHash } from 'node:crypto'
import { askAgain } from '../../agents/reading/conditional.ts'
import { decoded } from '../../agents/reading/encoding.ts'
import { type FeedItem, readFeed } from '../../agents/reading/feed.ts'
import { NoValue, source } from '../source.ts'

const MOST_BYTES = 5 * 1024 * 1024
const MOST_ITEMS = 500
const LONGEST = 300

export const feed = source<'feed'>({
  kind: 'feed',
  async read({ url }, { fetch, signal, known, clock }) {
    const key = `feed ${url}`
    const before = known.get(key)
    const asked = await askAgain(url, before ?? {}, { tools: { fetch }, signal, maxBytes: MOST_BYTES })
    if (asked.kind === 'failed' || asked.kind === 'gone') throw new NoValue(asked.problem)
    if (asked.kind === 'same') return (before as NonNullable<typeof before>).reading
    const hash = createHash('sha256').update(asked.answer.bytes).digest('base64url')
    if (before?.hash === hash) return before.reading
    const what = { what: 'The feed', most: MOST_ITEMS, longest: LONGEST, clock }
    const { items } = await readFeed(decoded(asked.answer), what).catch((error: Error) => {
      throw new NoValue(`${error.message.replace(/\.?$/, '.')} Is this the address of a feed?`)
    })
    const reading = { value: items[0]?.title ?? '', ids: items.map(idOf), items: items.map(shown) }
    known.keep(key, { ...asked.validators, hash, reading })
    return reading
  },
})

/** One without a name of its own is known by what it says. */
const idOf = ({ id, link, title }: FeedItem): string =>
  createHash('sha256')
    .update(id ?? link ?? title ?? '')
    .digest('base64url')
    .slice(0, 16)

const shown = ({ title, link, published }: FeedItem) => ({ title, link, published })
