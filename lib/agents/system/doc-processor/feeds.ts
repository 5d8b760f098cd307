/** A feed: each of its items is told once, by its id, and once more where it was edited. */
import { askAgain } from '../../reading/conditional.ts'
import { decoded } from '../../reading/encoding.ts'
import { type FeedItem, readFeed } from '../../reading/feed.ts'
import { newsOf, type Ground, isDown, known, type Look, nothing, type Thing } from './look.ts'
import { differenceOf } from './difference.ts'
import { type FeedMemory, hashOf, hashOfText, type Memory } from './memory.ts'

const MOST_BYTES = 5 * 1024 * 1024
const LONGEST_ITEM = 20_000
const ID_LENGTH = 12
const TEXT_LENGTH = 8

export async function lookAtFeed(
  url: string,
  remembered: Memory['feeds'][string] | undefined,
  { most, ...ground }: Ground & { most: number },
): Promise<Look> {
  const { tools, signal } = ground
  const { before, failing } = known<FeedMemory>(remembered)
  const thing: Thing = { name: url, link: url }
  const down = (problem: string, transient = false) => isDown({ ...thing, problem }, remembered, transient)
  const asked = await askAgain(url, before ?? {}, { tools, signal, maxBytes: MOST_BYTES })
  if (asked.kind === 'failed') return down(asked.problem, asked.transient)
  if (asked.kind === 'gone') return down(asked.problem)
  const asBefore = { ...nothing, unchanged: [url], recovered: failing }
  if (asked.kind === 'same') return { ...asBefore, memory: before && { ...before, failing: false } }
  const raw = hashOf(asked.answer.bytes)
  if (before && before.raw === raw)
    return { ...asBefore, memory: { ...before, ...asked.validators, failing: false } }
  const what = { what: 'The feed', most, longest: LONGEST_ITEM, clock: tools.clock }
  const feed = await readFeed(decoded(asked.answer), what).catch((error: Error) => error)
  if (feed instanceof Error)
    return down(`${feed.message.replace(/\.?$/, '.')} Is this the address of a feed?`)
  const name = feed.title ?? url
  const found = await look(feed.items, { before, name, url }, ground)
  const isFailing = found.look.failed.length > 0
  const ids = new Set(found.items.map(([id]) => id))
  const older = (before?.items ?? []).filter(([id]) => !ids.has(id))
  return {
    ...nothing,
    ...found.look,
    recovered: failing && !isFailing,
    first: !before,
    tainted: true,
    memory: {
      // One that could not be kept is asked for again.
      ...(!isFailing && asked.validators),
      raw: isFailing ? '' : raw,
      failing: isFailing,
      items: [...found.items, ...older].slice(0, most),
    },
  }
}

interface Watched {
  before: FeedMemory | null
  name: string
  url: string
}
type Found = Pick<Look, 'fresh' | 'changed' | 'unchanged' | 'failed'>

async function look(items: FeedItem[], watched: Watched, ground: Ground) {
  const seen = new Map(watched.before?.items)
  const found: Found = { fresh: [], changed: [], unchanged: [], failed: [] }
  const kept = new Map<string, string>()
  for (const item of items) {
    ground.signal.throwIfAborted()
    const text = textOf(item)
    const id = hashOf(item.id ?? item.link ?? text, ID_LENGTH)
    // Some feeds show an item twice.
    if (kept.has(id)) continue
    const before = seen.get(id)
    const now = await lookAtItem(item, { id, text, before, watched, found, ground })
    if (now !== undefined) kept.set(id, now)
  }
  return { look: found, items: [...kept] }
}

interface Item {
  id: string
  text: string
  before: string | undefined
  watched: Watched
  found: Found
  ground: Ground
}
/** As it is known from now on: what could not be kept is looked at again, as it was known. */
async function lookAtItem(
  item: FeedItem,
  { id, text, before, watched, found, ground }: Item,
): Promise<string | undefined> {
  const hash = hashOfText(text).slice(0, TEXT_LENGTH)
  const thing = { name: nameOf(item), link: item.link, note: `in ${watched.name}` }
  if (before === hash) {
    found.unchanged.push(thing.name)
    return hash
  }
  const from = `${watched.url}#${id}`
  const old = before === undefined ? null : await ground.tools.workspace.documentFrom(ground.by, from)
  const file = { text, mediaType: 'text/markdown', original: null, from }
  const problem = await ground.keep({ ...file, name: thing.name })
  if (problem !== null) {
    found.failed.push({ ...thing, problem, known: watched.before?.failing ?? false })
    return before
  }
  if (before === undefined) found.fresh.push({ ...thing, ...newsOf(item.summary ?? '') })
  else found.changed.push({ ...thing, ...(old && { difference: differenceOf(old.text, text) }) })
  return hash
}

const nameOf = ({ title, link, summary }: FeedItem): string =>
  (title ?? summary ?? link ?? 'An item without a title')
    .slice(0, 1_000)
    .replace(/<[^<>]{0,300}>/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 200)
    .toWellFormed() || 'An item without a title'

/** Its date is no part of it: some feeds date all their items anew. */
const textOf = (item: FeedItem): string =>
  [`# ${nameOf(item)}`, item.summary ?? '', item.link ?? ''].filter(Boolean).join('\n\n')
