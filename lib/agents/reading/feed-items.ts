/** The thread in which a feed becomes items; see `feed.ts`. */
import { parentPort, workerData } from 'node:worker_threads'
import { parseFeed } from 'feedsmith'

const { source, most, longest } = workerData as { source: string; most: number; longest: number }
type Loose = Record<string, unknown>
/** Atom wraps its texts; what is no text is none. */
const text = (it: unknown): string | null =>
  typeof it === 'string' ? it : typeof it === 'object' && it !== null && 'value' in it ? text(it.value) : null
const firstOf = (item: Loose, names: string[]) =>
  names.map((name) => text(item[name])).find((it) => it !== null && it !== '') ?? null
const withoutTags = (html: string | null) =>
  html
    ?.replace(/<[^>]{0,2000}>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longest) ?? null

function itemOf(item: Loose) {
  const links = Array.isArray(item.links) ? (item.links as Loose[]) : []
  return {
    id: firstOf(item, ['guid', 'id', 'link', 'url']) ?? text(links[0]?.href),
    title: firstOf(item, ['title']),
    link: firstOf(item, ['link', 'url']) ?? text(links[0]?.href),
    published: firstOf(item, ['pubDate', 'published', 'date_published', 'updated', 'date']),
    summary: withoutTags(
      firstOf(item, ['description', 'summary', 'content_text', 'content', 'content_html']),
    ),
  }
}

const { feed } = parseFeed(source) as { feed: Loose }
const items = (feed.items ?? feed.entries ?? []) as Loose[]
parentPort?.postMessage({
  title: text(feed.title),
  items: items.slice(0, most).map(itemOf),
  ...(items.length > most && { more: items.length - most }),
})
