import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as documents from '#db/queries/documents.ts'
import * as reading from '#db/queries/reading.ts'
import { minutes, systemClock } from '#lib/clock.ts'
import { readAtOnce } from '#lib/documents/at-once.ts'
import { contentOf } from '#lib/documents/content.ts'
import { createReaders } from '#lib/documents/extract.ts'
import { pdf } from '#lib/documents/testing/files.ts'
import { doingsOf } from '#lib/verbs/doings.ts'
import type { AgentTools } from '../agent.ts'
import { createFolders } from '../reading/folders.ts'
import { openSite, type Site } from '../testing/site.ts'
import { nothingDone, type Workbench, workbench } from '../testing/task.ts'
import { docProcessor } from './doc-processor.ts'

let bench: Workbench
let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())
beforeEach(async () => {
  bench = await workbench()
  Object.assign(site, { pages: {}, asked: [], trouble: null })
  return () => bench.store.close()
})

const files = {
  textOf: readAtOnce(createReaders(systemClock).extract),
  entriesOf: createReaders(systemClock).eventsOf,
}
async function run(sources: unknown[], tools: Partial<AgentTools> = {}) {
  bench.clock.advance(minutes(60))
  const { store, clock, workspaceId } = bench
  const doings = doingsOf(
    { store, clock, hint: () => {} } as unknown as Parameters<typeof doingsOf>[0],
    workspaceId,
  )
  const result = await bench.run(
    docProcessor,
    { sources },
    { tools: { fetch: site.fetch, files, doings, clock: { ...clock, after: systemClock.after }, ...tools } },
  )
  return { ...result, outcome: result.outcome as Record<string, string[]> }
}
const kept = async () => {
  const found = await documents.list(bench.store, bench.workspaceId, { limit: 100 })
  return found.map(({ name, version }) => `${name} v${version}`).sort()
}
const textOf = async (name: string) => {
  const found = await documents.list(bench.store, bench.workspaceId, { limit: 100 })
  const id = found.find((it) => it.name === name)?.id as number
  return (await documents.get(bench.store, bench.workspaceId, id))?.text
}
const none = { new: [], changed: [], gone: [], failed: [] }

describe('a page', () => {
  test('is watched from now on, told once when it changes, with what changed', async () => {
    const url = `${site.origin}/prices`
    site.pages['/prices'] = { body: '# Prices\n\nSoup costs 3. Bread costs 1.', etag: '"1"' }
    const first = await run([{ url }])
    expect(first.text).toMatch(/^\*\*Watching 1 thing, from now on\.\*\*/)
    expect(first).toMatchObject({ notable: true, usage: { tainted: true } })
    expect(await kept()).toEqual(['Prices v1'])

    expect(await run([{ url }])).toMatchObject({
      text: 'Nothing new: the one thing that is watched is as before.',
      notable: false,
      outcome: { ...none, unchanged: ['Prices'] },
    })
    site.pages['/prices'] = { body: '# Prices\n\nSoup costs 4. Bread costs 1.', etag: '"2"' }
    const changed = await run([{ url }])
    expect(changed.text).toBe(
      [
        '**1 changed.**',
        '',
        '### Changed',
        '',
        `- [Prices](${url})`,
        '  - now: “Soup costs 4.”',
        '  - no longer: “Soup costs 3.”',
      ].join('\n'),
    )
    expect(changed.outcome).toEqual({ ...none, changed: ['Prices'], unchanged: [] })
    expect(await kept()).toEqual(['Prices v2'])
    expect((await run([{ url }])).notable).toBe(false)
    expect(site.asked).toEqual(['/prices 200', '/prices 304', '/prices 200', '/prices 304'])
  })

  test('is only read in a staged run, which says what would be kept', async () => {
    site.pages['/prices'] = { body: '# Prices' }
    const context = { sources: [{ url: `${site.origin}/prices` }] }
    const doings = { ...nothingDone, keepDocument: async () => {} }
    const tools = { fetch: site.fetch, files, doings }
    const { text } = await bench.run(docProcessor, context, { tools, execution: { staged: true } })
    expect(text).toContain('What it says would be kept as a document:\n\n- [Prices]')
  })

  test('that is marked up anew and says the same has not changed', async () => {
    const url = `${site.origin}/page`
    const page = (nonce: string, text: string) => ({
      type: 'text/html',
      body: `<!doctype html><title>Menu</title><script nonce="${nonce}">ad(${nonce})</script><article><h1>Menu</h1><p>${text}</p></article>`,
    })
    site.pages['/page'] = page('1', 'Soup on Monday')
    await run([{ url }])
    site.pages['/page'] = page('2', 'Soup on Monday')
    expect((await run([{ url }])).outcome).toMatchObject({ ...none, unchanged: ['Menu'] })
    site.pages['/page'] = page('3', 'Soup on <b>Tuesday</b>')
    const { text } = await run([{ url }])
    expect(text).toContain('now: “Soup on')
    expect(text).toContain('Tuesday')
  })

  test('in an old encoding, behind a redirect, is read; one that wants a sign-in says what to do', async () => {
    site.pages['/old'] = { to: '/new' }
    site.pages['/new'] = {
      type: 'text/plain; charset=ISO-8859-1',
      body: Buffer.from('# Men\xfc\n\nGr\xfcne Suppe f\xfcr 3\x80', 'latin1'),
    }
    site.pages['/private'] = { status: 403 }
    const { outcome, text } = await run([{ url: `${site.origin}/old` }, { url: `${site.origin}/private` }])
    expect(outcome).toMatchObject({ new: ['Menü'], failed: [`${site.origin}/private`] })
    expect(await textOf('Menü')).toBe('# Menü\n\nGrüne Suppe für 3€')
    expect(text).toContain('wants a sign-in. Share it by a link that opens without one.')
  })

  test('that goes is told once, its document stays; one that comes back is told', async () => {
    const [a, b] = [{ url: `${site.origin}/a` }, { url: `${site.origin}/b` }]
    site.pages = { '/a': { body: '# A\n\nOne.' }, '/b': { body: '# B\n\nTwo.' } }
    await run([a, b])
    delete site.pages['/a']
    expect((await run([a, b])).text).toContain('is not there any more; the document of it stays.')
    expect(await run([a, b])).toMatchObject({ notable: false, outcome: none })
    expect(await kept()).toEqual(['A v1', 'B v1'])
    site.pages['/a'] = { body: '# A\n\nOne.' }
    expect((await run([a, b])).text).toContain('(is there again)')
    expect((await run([a, b])).notable).toBe(false)
  })

  test('that is a PDF is kept as the file that it is; one that nobody can read is a sentence', async () => {
    site.pages['/menu.pdf'] = { type: 'application/pdf', body: pdf('Soup on Monday') }
    site.pages['/film.mp4'] = { type: 'video/mp4', body: Buffer.from([0, 0, 0, 32, 1, 2, 3]) }
    const { outcome, text } = await run([
      { url: `${site.origin}/menu.pdf` },
      { url: `${site.origin}/film.mp4` },
    ])
    expect(outcome).toMatchObject({ new: ['menu.pdf'], failed: [`${site.origin}/film.mp4`] })
    expect(text).toContain('This kind of file cannot be read. Text is read from')
    const [document] = await documents.list(bench.store, bench.workspaceId, { limit: 1 })
    expect(document).toMatchObject({ mediaType: 'application/pdf', status: 'ready', textLength: 14 })
  })
})

const rss = (items: string[]) => ({
  type: 'application/rss+xml; charset=ISO-8859-1',
  body: Buffer.from(
    `<?xml version="1.0" encoding="ISO-8859-1"?>\n<rss version="2.0"><channel><title>News</title>${items.join('')}</channel></rss>`,
    'latin1',
  ),
})
const item = (id: string, text: string) =>
  `<item><guid isPermaLink="false">${id}</guid><title><![CDATA[${id} & caf\xe9]]></title><link>https://example.com/${id}</link><description><![CDATA[<p>${text}</p>]]></description></item>`

describe('a feed', () => {
  test('has each item told once by its id, edited ones as changed', async () => {
    const source = { feed: `${site.origin}/feed` }
    site.pages['/feed'] = rss([item('a', 'One.'), item('b', 'Two.')])
    expect((await run([source])).text).toContain('**Watching 2 things, from now on.**')
    expect(await kept()).toEqual(['a & café v1', 'b & café v1'])
    site.pages['/feed'] = rss([
      item('c', 'Three \x93quoted\x94.'),
      item('a', 'One.'),
      item('b', 'Two and a half.'),
    ])
    const { text, outcome } = await run([source])
    expect(outcome).toEqual({ ...none, new: ['c & café'], changed: ['b & café'], unchanged: ['a & café'] })
    expect(text).toContain('[c \\& café](https://example.com/c) (in News): Three “quoted”.')
    expect(text).toContain('now: “Two and a half.”')
    site.pages['/feed'] = rss([item('a', 'One.')])
    expect((await run([source])).notable).toBe(false)
    // What the feed does not show any more was told all the same.
    site.pages['/feed'] = rss([item('c', 'Three \x93quoted\x94.'), item('a', 'One.')])
    expect((await run([source])).notable).toBe(false)
  })

  test('over thirty runs, with its server away now and then, tells no item twice', async () => {
    const source = { feed: `${site.origin}/feed` }
    const other = { url: `${site.origin}/page` }
    const told: string[] = []
    let [failures, recoveries] = [0, 0]
    for (let n = 0; n < 30; n++) {
      const newest = 10 + Math.floor(n / 3)
      const items = Array.from({ length: 10 }, (_, k) => item(`i${newest - k}`, `Text ${newest - k}.`))
      site.pages = {
        '/feed': { ...rss(items), status: n % 10 === 5 || n % 10 === 6 ? 503 : 200 },
        '/page': { body: 'Same.' },
      }
      const { outcome, text, notable } = await run([source, other])
      if (n > 0) told.push(...(outcome.new as string[]))
      if (text.includes('answers 503')) failures++
      if (text.includes('answers again')) recoveries++
      if (n % 10 === 6) expect(notable).toBe(false)
    }
    expect(new Set(told).size).toBe(told.length)
    expect(told).toHaveLength(9)
    expect([failures, recoveries]).toEqual([3, 3])
    expect(JSON.stringify(bench.remembered).length).toBeLessThan(5_000)
  })

  test('that is none is a sentence; as the only source it fails the run', async () => {
    site.pages['/feed'] = { body: 'Hello' }
    await expect(run([{ feed: `${site.origin}/feed` }])).rejects.toMatchObject({
      message: expect.stringContaining('Is this the address of a feed?'),
      transient: false,
    })
    site.trouble = 503
    await expect(run([{ feed: `${site.origin}/feed` }])).rejects.toMatchObject({ transient: true })
  })
})

describe('a folder', () => {
  let root: string
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'carillon-folder-')))
    mkdirSync(join(root, 'open', 'below'), { recursive: true })
    return () => rmSync(root, { recursive: true })
  })
  const put = (path: string, text: string | Buffer) => writeFileSync(join(root, 'open', path), text)
  const open = () => ({ folders: createFolders([join(root, 'open')]) })

  test('has its files told as new, changed and gone; those that cannot be read say so once', async () => {
    const sources = [{ folder: join(root, 'open') }, 'uploads']
    put('a.md', 'Alpha.')
    put('below/b.txt', 'Beta.')
    put('.hidden', 'No.')
    expect((await run(sources, open())).outcome.new).toEqual(['a.md', 'below/b.txt'])
    put('c.txt', 'Gamma.')
    put('d.bin', Buffer.from([0, 1, 2]))
    put('below/b.txt', 'Beta and more.')
    unlinkSync(join(root, 'open', 'a.md'))
    const { outcome, text } = await run(sources, open())
    expect(outcome).toMatchObject({
      new: ['c.txt'],
      changed: ['below/b.txt'],
      gone: ['a.md'],
      failed: ['d.bin'],
    })
    expect(text).toContain('This kind of file cannot be read.')
    expect(await run(sources, open())).toMatchObject({ notable: false, outcome: { failed: ['d.bin'] } })
    expect(await kept()).toEqual(['a.md v1', 'below/b.txt v2', 'c.txt v1'])
  })

  test('that takes long to read is read by several runs, and is no news until it is read through', async () => {
    const sources = [{ folder: join(root, 'open') }]
    for (const name of ['a', 'b', 'c']) put(`${name}.txt`, name)
    // Each file takes a minute and a half.
    const slow: Partial<AgentTools> = {
      ...open(),
      files: {
        ...files,
        textOf: (...asked) => {
          bench.clock.advance(90_000)
          return files.textOf(...asked)
        },
      },
    }
    const first = await run(sources, slow)
    expect(first.outcome.new).toEqual(['a.txt', 'b.txt'])
    expect(first.text).toContain('1 more is read in the next run.')
    expect((await run(sources, slow)).text).toContain('Watching 3 things, from now on.')
    put('d.txt', 'd')
    expect((await run(sources, slow)).text).toContain('**1 new.**')
  })

  test('of a thousand long names in any writing is remembered as far as a schedule keeps', async () => {
    const names = Array.from({ length: 1_000 }, (_, n) => `${n}${'鐘'.repeat(110)}.txt`)
    const many: Partial<AgentTools> = {
      folders: {
        where: async (it) => it,
        list: async () => ({ files: names.map((path) => ({ path, bytes: 1, modifiedMs: 1 })), more: false }),
        read: async () => Buffer.from('x'),
      },
      files: { ...files, textOf: async () => ({ text: 'x', mediaType: 'text/plain', left: null }) },
      doings: { ...nothingDone, keepDocument: async () => {} },
    }
    const sources = [{ folder: '/srv/many' }]
    const first = await run(sources, many)
    expect(Buffer.byteLength(JSON.stringify(bench.remembered))).toBeLessThan(256 * 1024)
    expect(first.text).toMatch(/It has more than 6\d\d files; the others are not looked at/)
    names.unshift(...names.splice(-100))
    await run(sources, many)
    expect(Buffer.byteLength(JSON.stringify(bench.remembered))).toBeLessThan(256 * 1024)
  })

  test('that is away leaves its files as they were known', async () => {
    const sources = [{ folder: join(root, 'open', 'below') }, 'uploads']
    put('below/b.txt', 'Beta.')
    await run(sources, open())
    rmSync(join(root, 'open', 'below'), { recursive: true })
    expect((await run(sources, open())).outcome).toMatchObject({
      gone: [],
      failed: [join(root, 'open', 'below')],
    })
    mkdirSync(join(root, 'open', 'below'))
    put('below/b.txt', 'Beta.')
    expect((await run(sources, open())).outcome).toMatchObject({ new: [], changed: [], failed: [] })
  })

  test('is read only where the operator has opened it, and through no link', async () => {
    writeFileSync(join(root, 'secret.txt'), 'Secret.')
    mkdirSync(join(root, 'open-too'))
    symlinkSync(join(root, 'secret.txt'), join(root, 'open', 'link.txt'))
    symlinkSync(root, join(root, 'open', 'up'))
    const refused = async (folder: string, tools = open()) => (await run([{ folder }, 'uploads'], tools)).text
    expect((await run([{ folder: join(root, 'open') }, 'uploads'], open())).outcome).toMatchObject(none)
    for (const folder of [
      root,
      join(root, 'open-too'),
      join(root, 'open', '..'),
      join(root, 'open', 'up'),
      '/etc',
    ])
      expect(await refused(folder), folder).toMatch(/not open to agents|not there/)
    expect(await refused('open')).toContain('written in full')
    expect(await refused('/etc', { folders: createFolders([]) })).toContain('DOCUMENT\\_FOLDERS')
    const folders = createFolders([join(root, 'open')])
    for (const path of ['link.txt', 'up/secret.txt', '../secret.txt'])
      expect(await folders.read(join(root, 'open'), path, 1000)).toMatchObject({
        problem: expect.any(String),
      })
  })
})

test('what people send is told when it is read, or why it cannot be', async () => {
  const send = (name: string, bytes: Buffer | string) =>
    documents.add(
      bench.store,
      bench.workspaceId,
      contentOf(name, Buffer.from(bytes as string), name),
      { kind: 'person', id: 'ada', name: 'Ada' },
      bench.clock.now(),
    )
  await send('old.txt', 'Old')
  expect((await run(['uploads'])).text).toBe('**Watching 1 thing, from now on.**')
  await send('new.txt', 'New')
  await send('a.bin', Buffer.from([0, 1]))
  await send('slow.pdf', pdf('Slow'))
  const { outcome, text } = await run(['uploads'])
  expect(outcome).toEqual({ ...none, new: ['new.txt'], failed: ['a.bin'], unchanged: [] })
  expect(text).toContain('a.bin: This kind of file cannot be read.')
  expect((await run(['uploads'])).notable).toBe(false)
  bench.clock.advance(minutes(30))
  const now = bench.clock.now()
  const taken = (await reading.take(bench.store, { now, heldMs: 1 })) as reading.Taken
  await reading.settle(bench.store, taken, { text: 'Slow', left: null }, now)
  expect((await run(['uploads'])).outcome.new).toEqual(['slow.pdf'])
  expect((await run(['uploads'])).notable).toBe(false)
})

test('of more than a page of what people send each is told once, and none that was there before', async () => {
  const sendMany = (from: number, n: number) =>
    bench.store.q.insert(bench.store.t.documents).values(
      Array.from({ length: n }, (_, i) => {
        const name = `${from + i}.txt`
        const at = bench.clock.now().getTime()
        return {
          workspaceId: bench.workspaceId,
          name,
          content: name,
          bytes: 5,
          createdAt: at,
          createdBy: 'ada',
        }
      }),
    )
  await sendMany(0, 600)
  await sendMany(600, 600)
  expect((await run(['uploads'])).outcome.new).toEqual([])
  expect((await run(['uploads'])).notable).toBe(false)
  bench.clock.advance(minutes(1))
  await sendMany(2000, 700)
  const { text, outcome } = await run(['uploads'])
  expect(text).toContain('700 new')
  expect(outcome.new).toContain('2000.txt')
  await sendMany(3000, 1)
  expect((await run(['uploads'])).outcome.new).toEqual(['3000.txt'])
  bench.clock.advance(minutes(30))
  expect((await run(['uploads'])).notable).toBe(false)
})

test('where a model is set up, it sums up what is new, as text; otherwise nobody misses it', async () => {
  const url = `${site.origin}/prices`
  const given: string[] = []
  const compose: AgentTools['compose'] = async ({ material }) => {
    given.push(material)
    return {
      text: '- Soup costs **more**.\n\n![x](https://evil.example/?q)',
      usage: { tokensUsed: 7, cost: 0.1 },
    }
  }
  site.pages['/prices'] = { body: '# Prices\n\nSoup costs 3.' }
  expect((await run([{ url }], { compose })).usage).toEqual({ tainted: true })
  site.pages['/prices'] = { body: '# Prices\n\nSoup costs 4.' }
  const { text, usage } = await run([{ url }], { compose })
  expect(text).toContain(
    '**1 changed.**\n\n- Soup costs \\*\\*more\\*\\*.\n- \\!\\[x\\](https://evil.example/?q)\n\n### Changed',
  )
  expect(usage).toEqual({ tokensUsed: 7, cost: 0.1, tainted: true })
  expect(given).toEqual([expect.stringContaining('Soup costs 4.')])
})

test("the guide's sources say what they need, in a run that fails where there is nothing else", async () => {
  const context = { action: 'sync_and_embed', sources: ['google-drive', 'sharepoint'], embedBatchSize: 100 }
  const failing = expect(bench.run(docProcessor, context)).rejects
  await failing.toThrow(/Google Drive needs a link[\s\S]*SharePoint needs a link/)
  const { text, outcome } = await run(['google-drive', 'uploads'])
  expect(outcome.failed).toEqual(['Google Drive'])
  expect(text).toContain('Google Drive needs a link')
  expect((await run(['google-drive', 'uploads'])).notable).toBe(false)
})

test('what somebody else has left to remember counts as nothing', async () => {
  site.pages['/a'] = { body: 'One.' }
  bench.remembered = { pages: 7, told: 'x' }
  expect((await run([{ url: `${site.origin}/a` }])).text).toContain('from now on')
})

test.each([{ sources: [] }, { sources: ['dropbox'] }, { sources: [{ url: '' }] }, { action: 'delete' }])(
  '%j is refused',
  (context) => {
    expect(docProcessor.input.safeParse(context).success).toBe(false)
  },
)
