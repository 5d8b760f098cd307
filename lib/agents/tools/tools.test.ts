/** The tools that come with the product, each by what it answers and by what it refuses. */
import { byWords } from '../../documents/testing/by-words.ts'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { keepText } from '#db/testing/documents.ts'
import { systemClock } from '../../clock.ts'
import { createReaders } from '../../documents/extract.ts'
import { createGuardedFetch } from '../../net/guarded-fetch.ts'
import { upcoming } from '#db/queries/activity.ts'
import { readerOf } from '../reach.ts'
import { noFiles, noMail, nothingDone, type Workbench, workbench } from '../testing/task.ts'
import { resultOf } from './calculate.ts'
import { tools } from './index.ts'
import { Answer, type ToolGround } from './tool.ts'

let it: Workbench
let http: Server
let origin: string
const pages: Record<string, { type: string; body: string }> = {}
const fetch = createGuardedFetch({ allowedPrivateNetworks: ['127.0.0.1'] })
beforeAll(async () => {
  http = createServer((request, response) => {
    const page = pages[request.url ?? '']
    if (!page) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': page.type }).end(page.body)
  }).listen(0, '127.0.0.1')
  await once(http, 'listening')
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
})
beforeEach(async () => {
  it = await workbench({ now: '2026-03-02T09:00:00Z' })
})
afterEach(() => it.store.close())
afterAll(async () => {
  http.close()
  await fetch.close()
})

const ground = (change: Partial<ToolGround> = {}): ToolGround => ({
  workspace: readerOf(it.store, it.workspaceId, { search: byWords(it.store), upcoming }),
  clock: it.clock,
  fetch,
  timezone: 'Europe/Berlin',
  signal: new AbortController().signal,
  doings: nothingDone,
  files: noFiles.files,
  mail: noMail,
  perform: () => Promise.reject(new Error('no other agent here')),
  agent: { id: 'scout', name: 'Scout' },
  triggerId: 1,
  key: 'carillon-1-1',
  tainted: false,
  say() {},
  approvedBy: null,
  ...change,
})
async function run(name: string, input: unknown, change: Partial<ToolGround> = {}): Promise<unknown> {
  const tool = tools.find((one) => one.name === name)
  if (!tool) throw new Error(`There is no tool "${name}".`)
  const answer = await tool.run(tool.input.parse(input), ground(change))
  return answer instanceof Answer ? answer.value : answer
}

test.each([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['-2 ^ 2', -4],
  ['2 ^ -1', 0.5],
  ['2 ^ 3 ^ 2', 512],
  ['7 % 4 / 2', 1.5],
  ['round(10 / 3, 2)', 3.33],
  ['max(1, min(5, 3), -2)', 3],
  ['sqrt(16) + abs(-1.5e1)', 19],
])('%s is %f', (expression, value) => {
  expect(resultOf(expression)).toBe(value)
})

test.each(['1 +', '1 / 0', '(1', 'process.exit()', 'constructor(1)', '1 2', 'sqrt(-1)', '2; 3', '__proto__'])(
  '%s is not worked out',
  (expression) => {
    expect(() => resultOf(expression)).toThrow(/cannot be worked out|no finite value/)
  },
)

test('dates are reckoned over a change of the clock, in the zone of the schedule', async () => {
  expect(await run('dates', {})).toMatchObject({
    at: '2026-03-02T10:00:00+01:00[Europe/Berlin]',
    weekday: 'Monday',
  })
  // The night of 29 March lacks an hour.
  expect(
    await run('dates', { at: '2026-03-28T12:00', add: { days: 1 }, until: '2026-03-30T12:00' }),
  ).toMatchObject({
    utc: '2026-03-29T10:00:00Z',
    until: { days: 1, hours: 0 },
  })
  await expect(run('dates', { at: 'yesterday-ish' })).rejects.toThrow('That is no date')
  await expect(run('dates', { timezone: 'Mars/Olympus' })).rejects.toThrow('no zone')
})

test('documents are found by all of their words, in this workspace only, and read in parts', async () => {
  const [other] = await it.store.q
    .insert(it.store.t.workspaces)
    .values({ name: 'Other', slug: 'other', createdAt: 0 })
    .returning()
  const text = `${'x'.repeat(30_000)} The end: 100% übung_1.`
  const doc = await keepText(
    it.store,
    { workspaceId: it.workspaceId, name: 'Long', content: text, by: 'a' },
    it.clock.now(),
  )
  const far = await keepText(
    it.store,
    { workspaceId: other?.id ?? 0, name: 'Far', content: text, by: 'a' },
    it.clock.now(),
  )
  expect(await run('search_documents', { query: 'ÜBUNG_1 100%' })).toMatchObject({
    documents: [{ documentId: doc.id, excerpt: expect.stringContaining('übung_1') }],
  })
  expect(await run('search_documents', { query: 'ubung nothing' })).toEqual({ documents: [] })
  const first = (await run('read_document', { documentId: doc.id })) as { goesOnFrom: number }
  expect(await run('read_document', { documentId: doc.id, from: first.goesOnFrom })).toMatchObject({
    text: expect.stringMatching(/The end/),
  })
  await expect(run('read_document', { documentId: far.id })).rejects.toThrow('There is no document')
})

test('a page becomes text; what is no text, is not there, or is in the own network is a sentence', async () => {
  pages['/news'] = {
    type: 'text/html; charset=utf-8',
    body: '<html><head><title>News</title></head><body><nav>Menu</nav><article><h1>Soup</h1><p>The soup costs <b>3.50</b> from Monday on, says the kitchen.</p><script>alert(1)</script></article></body></html>',
  }
  pages['/data'] = { type: 'application/json', body: '{"soup": 3.5}' }
  pages['/picture'] = { type: 'image/png', body: 'x' }
  const clock = systemClock
  expect(await run('read_page', { url: `${origin}/news` }, { clock })).toMatchObject({
    text: expect.stringMatching(/The soup costs \*\*3\.50\*\*/),
  })
  expect(await run('read_page', { url: `${origin}/data` }, { clock })).toMatchObject({
    text: '{"soup": 3.5}',
  })
  await expect(run('read_page', { url: `${origin}/picture` }, { clock })).rejects.toThrow('which is no text')
  await expect(run('read_page', { url: `${origin}/nowhere` }, { clock })).rejects.toThrow('answers 404')
  const guarded = createGuardedFetch({ allowedPrivateNetworks: [] })
  await expect(run('read_page', { url: `${origin}/news` }, { clock, fetch: guarded })).rejects.toThrow(
    'Refused to connect',
  )
  await guarded.close()
})

test('a feed becomes items, whatever its dialect; what is no feed is a sentence', async () => {
  pages['/rss'] = {
    type: 'application/rss+xml',
    body: '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>Soup &amp; bread</title><link>https://x.org/1</link><guid>g1</guid><pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate><description><![CDATA[<p>It <b>costs</b> 3.50</p>]]></description></item></channel></rss>',
  }
  pages['/atom'] = {
    type: 'application/atom+xml',
    body: '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title>T</title><id>i</id><link href="https://x.org/2"/><updated>2026-03-01T00:00:00Z</updated><summary>S</summary></entry></feed>',
  }
  const clock = systemClock
  expect(await run('read_feed', { url: `${origin}/rss` }, { clock })).toEqual({
    title: 'News',
    items: [
      {
        id: 'g1',
        title: 'Soup & bread',
        link: 'https://x.org/1',
        published: 'Mon, 02 Mar 2026 09:00:00 GMT',
        summary: 'It costs 3.50',
      },
    ],
  })
  expect(await run('read_feed', { url: `${origin}/atom` }, { clock })).toMatchObject({
    title: 'A',
    items: [
      { id: 'i', title: 'T', link: 'https://x.org/2', published: '2026-03-01T00:00:00Z', summary: 'S' },
    ],
  })
  pages['/none'] = { type: 'text/html', body: '<html></html>' }
  await expect(run('read_feed', { url: `${origin}/none` }, { clock })).rejects.toThrow(
    /could not be read: .*feed/i,
  )
})

test('a calendar becomes what is to come, in the zone of the schedule; what is none is a sentence', async () => {
  const files = { ...noFiles.files, entriesOf: createReaders(systemClock).eventsOf }
  const ics = (...lines: string[]) =>
    ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n')
  const event = (uid: string, ...lines: string[]) => ['BEGIN:VEVENT', `UID:${uid}`, ...lines, 'END:VEVENT']
  pages['/team.ics'] = {
    type: 'text/calendar',
    body: ics(
      'X-WR-CALNAME:Team',
      ...event('daily', 'DTSTART:20260101T080000Z', 'RRULE:FREQ=DAILY', 'SUMMARY:Stand-up'),
      ...event('day', 'DTSTART;VALUE=DATE:20260303', 'DTEND;VALUE=DATE:20260304', 'SUMMARY:Holiday'),
      ...event('far', 'DTSTART:20260401T080000Z', 'SUMMARY:Trip'),
    ),
  }
  const { entries, ...rest } = (await run(
    'read_calendar',
    { url: `${origin}/team.ics`, ahead: '2d' },
    { files },
  )) as { entries: object[] }
  expect(rest).toEqual({ timezone: 'Europe/Berlin' })
  expect(entries).toEqual([
    { title: 'Holiday', start: '2026-03-03', end: '2026-03-03', calendar: 'Team' },
    { title: 'Stand-up', start: '2026-03-03T09:00+01:00', end: '2026-03-03T09:00+01:00', calendar: 'Team' },
    { title: 'Stand-up', start: '2026-03-04T09:00+01:00', end: '2026-03-04T09:00+01:00', calendar: 'Team' },
  ])
  pages['/page'] = { type: 'text/html', body: '<p>Sign in</p>' }
  await expect(run('read_calendar', { url: `${origin}/page` }, { files })).rejects.toThrow(
    /It is no calendar .* in iCal format/,
  )
  await expect(run('read_calendar', { url: `${origin}/gone.ics` }, { files })).rejects.toThrow(/answers 404/)
  await expect(run('read_calendar', {}, { files })).rejects.toThrow(/no calendar among the documents/)
  await expect(run('read_calendar', { documentId: 7 }, { files })).rejects.toThrow(/no document 7/)
})

test('a page that keeps its parser busy is given up, and its thread ends', async () => {
  pages['/deep'] = { type: 'text/html', body: `${'<div>'.repeat(60_000)}deep${'</div>'.repeat(60_000)}` }
  // The five seconds are over at once.
  const clock = { ...it.clock, after: (_ms: number, ring: () => void) => systemClock.after(50, ring) }
  await expect(run('read_page', { url: `${origin}/deep` }, { clock })).rejects.toThrow(
    'takes too long to read',
  )
})
