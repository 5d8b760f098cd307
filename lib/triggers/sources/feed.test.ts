/** A feed as a source, against a server on loopback. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSite, type Site } from '#lib/agents/testing/site.ts'
import { type HandClock, handClock } from '#lib/clock.ts'
import { feed as kind } from './feed.ts'
import type { Item, Look, Reach } from './kind.ts'

let site: Site
let clock: HandClock
let cursor: unknown
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())
beforeEach(() => {
  clock = handClock('2026-03-02T09:00:00Z')
  cursor = null
  site.trouble = null
  site.asked.length = 0
})

interface Entry {
  id: string
  title?: string
  at?: string
  text?: string
}
const rss = (...entries: Entry[]) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>${entries
    .map(
      ({ id, title = id, at = 'Mon, 02 Mar 2026 08:00:00 GMT', text = 'Words' }) =>
        `<item><guid>${id}</guid><title>${title}</title><link>https://example.com/${id}</link>
         <pubDate>${at}</pubDate><description>${text}</description></item>`,
    )
    .join('')}</channel></rss>`
const serve = (...entries: Entry[]) => {
  site.pages['/feed'] = { type: 'application/rss+xml', body: rss(...entries), etag: `"${entries.length}"` }
}
const reach = () =>
  ({
    clock,
    fetch: site.fetch,
    refusalOf: (url: string) => (url.includes('10.0.0.1') ? 'is private' : null),
  }) as unknown as Reach
const signal = new AbortController().signal
async function look(path = '/feed'): Promise<Look<unknown>> {
  const found = await kind.look({ url: site.origin + path } as never, cursor as never, reach(), signal)
  cursor = JSON.parse(JSON.stringify(found.cursor))
  return found
}
const titles = (items: Item[]) => items.map(({ title }) => title)

test('what is there at first is no event; each item that comes is one, the oldest first', async () => {
  serve({ id: 'a' }, { id: 'b' })
  expect((await look()).items).toEqual([])
  serve({ id: 'd', title: 'D &amp; more' }, { id: 'c' }, { id: 'a', title: 'A, edited' }, { id: 'b' })
  const { items } = await look()
  expect(titles(items)).toEqual(['c', 'D & more'])
  expect(items[1]).toMatchObject({
    type: 'feed.item',
    occurredAt: new Date('2026-03-02T08:00:00Z'),
    data: {
      title: 'D & more',
      link: 'https://example.com/d',
      id: 'd',
      publishedAt: '2026-03-02T08:00:00.000Z',
      summary: 'Words',
    },
  })
  expect((await look()).items).toEqual([])
  expect(site.asked).toEqual(['/feed 200', '/feed 200', '/feed 304'])
})

test('an item that went and came back is told once', async () => {
  serve({ id: 'a' })
  await look()
  serve({ id: 'b' }, { id: 'a' })
  expect(titles((await look()).items)).toEqual(['b'])
  serve({ id: 'a' })
  await look()
  serve({ id: 'a' }, { id: 'b' }, { id: 'c' })
  expect(titles((await look()).items)).toEqual(['c'])
})

test('a date that nobody can read, or to come, is when it was seen', async () => {
  serve()
  await look()
  serve({ id: 'a', at: 'yesterday-ish' }, { id: 'b', at: 'Mon, 02 Mar 2099 08:00:00 GMT' })
  const { items } = await look()
  expect(items.map((it) => [it.occurredAt.toISOString(), it.data.publishedAt])).toEqual([
    ['2026-03-02T09:00:00.000Z', '2099-03-02T08:00:00.000Z'],
    ['2026-03-02T09:00:00.000Z', null],
  ])
})

test('a long summary is cut at whole characters', async () => {
  serve()
  await look()
  serve({ id: 'a', text: 'ä'.repeat(3900) })
  const [item] = (await look()).items
  expect(item?.data.summary).toBe('ä'.repeat(2048))
})

test.each([
  [503, { status: 'failing', passing: true }],
  [401, { status: 'auth_required', passing: false }],
  [404, { status: 'failing', passing: false }],
])('an answer %i is a problem, and the place stays', async (trouble, problem) => {
  serve({ id: 'a' })
  await look()
  const before = cursor
  site.trouble = trouble
  await expect(look()).rejects.toMatchObject({ name: 'SourceProblem', ...problem })
  expect(cursor).toBe(before)
})

test('what is no feed says so', async () => {
  site.pages['/page'] = { type: 'text/html', body: '<html><body>Hello</body></html>' }
  await expect(look('/page')).rejects.toThrow(/Is this the address of a feed\?/)
})

test('what came since an instant is told again, of what was looked at', async () => {
  serve({ id: 'new' }, { id: 'old', at: 'Sun, 01 Mar 2026 08:00:00 GMT' })
  await look()
  serve({ id: 'unseen' }, { id: 'new' }, { id: 'old', at: 'Sun, 01 Mar 2026 08:00:00 GMT' })
  const since = (to: string) =>
    kind.since(
      { url: `${site.origin}/feed` } as never,
      cursor as never,
      { to: new Date(to), most: 10, countOnly: false, signal },
      reach(),
    )
  expect(titles(await since('2026-03-02T00:00:00Z'))).toEqual(['new'])
  expect(titles(await since('2026-02-01T00:00:00Z'))).toEqual(['old', 'new'])
})

test('an address in the own network is refused when it is saved', async () => {
  expect(await kind.refusal({ url: 'http://10.0.0.1/feed' } as never, reach())).toEqual({
    field: 'url',
    message: 'is private',
  })
})
