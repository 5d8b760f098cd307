/**
 * A feed: each item that was not in it before is an event, once, by its id. One that was only edited is none.
 *
 * Promise: a feed that says that nothing has changed, or that is the same to the byte, is not read again.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type AskedAgain, askAgain } from '#lib/agents/reading/conditional.ts'
import { decoded } from '#lib/agents/reading/encoding.ts'
import { type FeedItem, readFeed } from '#lib/agents/reading/feed.ts'
import { FeedConfig } from '#lib/contract/source.ts'
import { cut } from './cut.ts'
import { type Item, type Reach, SourceProblem, sourceKind } from './kind.ts'

type Config = z.output<typeof FeedConfig>
const Cursor = z.object({
  etag: z.string().optional(),
  modified: z.string().optional(),
  /** Of all that it said. */
  raw: z.string(),
  /** The ids of what is known, the newest first, as hashes. */
  known: z.array(z.string()),
})
type Cursor = z.infer<typeof Cursor>

const MOST_BYTES = 5 * 1024 * 1024
const MOST_ITEMS = 1000
/** Some feeds show an old item again. */
const MOST_KNOWN = 5000
const LONGEST_SUMMARY = 4000

export const feed = sourceKind<Config, Cursor>({
  kind: 'feed',
  config: FeedConfig,
  cursor: Cursor,
  confidential: [],
  receiver: ({ url }) => url,
  describe: ({ url }) => url,
  async refusal({ url }, reach) {
    const message = reach.refusalOf(url)
    return message === null ? null : { field: 'url', message }
  },
  shown: ({ known, modified }) => ({ items: known.length, ...(modified && { modified }) }),
  async look({ url }, cursor, reach, signal) {
    const asked = await ask(url, cursor, reach, signal)
    if (asked === null) return { items: [], cursor: cursor as Cursor, anew: null, again: false }
    const { validators, answer } = asked
    const raw = hashOf(answer.bytes)
    if (cursor?.raw === raw)
      return { items: [], cursor: { ...cursor, ...validators }, anew: null, again: false }
    const items = (await itemsIn(answer, reach)).toReversed()
    const before = cursor?.known ?? []
    const isKnown = new Set(before)
    const fresh = items.filter((it) => !isKnown.has(it.key))
    const all = [...new Set([...items.map((it) => it.key).toReversed(), ...before])]
    const next = { ...validators, raw, known: all.slice(0, MOST_KNOWN) }
    // What is there at first counts as seen.
    return { items: cursor ? fresh : [], cursor: next, anew: null, again: false }
  },
  async since({ url }, { known }, { to, most, signal }, reach) {
    const asked = await ask(url, null, reach, signal)
    if (asked === null) return []
    const items = await itemsIn(asked.answer, reach)
    const isKnown = new Set(known)
    return items
      .filter((it) => isKnown.has(it.key) && it.occurredAt >= to)
      .toSorted((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime())
      .slice(0, most + 1)
  },
})

/** Null: it says that it is as before. */
async function ask(
  url: string,
  cursor: Cursor | null,
  { fetch }: Reach,
  signal: AbortSignal,
): Promise<Extract<AskedAgain, { kind: 'answer' }> | null> {
  const asked = await askAgain(url, cursor ?? {}, { tools: { fetch }, signal, maxBytes: MOST_BYTES })
  switch (asked.kind) {
    case 'answer':
      return asked
    case 'same':
      if (cursor) return null
      throw new SourceProblem('It says that nothing has changed, and was not asked before.')
    case 'gone':
      throw new SourceProblem(asked.problem)
    case 'failed':
      throw new SourceProblem(asked.problem, {
        status: asked.wantsSignIn ? 'auth_required' : 'failing',
        passing: asked.transient,
      })
  }
}

type Answer = Extract<AskedAgain, { kind: 'answer' }>['answer']
async function itemsIn(answer: Answer, { clock }: Reach): Promise<Item[]> {
  const what = { what: 'The feed', most: MOST_ITEMS, longest: LONGEST_SUMMARY, clock }
  const read = await readFeed(decoded(answer), what).catch((error: Error) => {
    throw new SourceProblem(`${error.message.replace(/\.?$/, '.')} Is this the address of a feed?`)
  })
  const items = new Map<string, Item>()
  for (const it of read.items) {
    const item = itemOf(it, clock.now())
    // Some feeds show an item twice.
    if (!items.has(item.key)) items.set(item.key, item)
  }
  return [...items.values()]
}

function itemOf({ id, title, link, published, summary }: FeedItem, now: Date): Item {
  const at = Date.parse(published ?? '')
  // A date that nobody can read, or from the future, is when it was seen.
  const occurredAt = Number.isNaN(at) || at > now.getTime() ? now : new Date(at)
  const name = cut(title ?? '', 1000)
    .text.replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return {
    key: hashOf(id ?? link ?? `${title}\n${summary}`),
    type: 'feed.item',
    occurredAt,
    title: name || link || 'an item without a title',
    data: {
      title: name,
      link: link && cut(link).text,
      id: cut(id ?? link ?? hashOf(`${title}\n${summary}`)).text,
      publishedAt: Number.isNaN(at) ? null : new Date(at).toISOString(),
      summary: cut(summary ?? '').text,
    },
  }
}

const hashOf = (it: string | Uint8Array) => createHash('sha256').update(it).digest('base64url').slice(0, 16)
