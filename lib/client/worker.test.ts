/** What the worker beside the pages keeps, and of whom: run as a browser runs it, with a network that is made up. */
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'

const ORIGIN = 'https://carillon.example.com'
const SOURCE = readFileSync(new URL('../../public/worker.js', import.meta.url), 'utf8')

/** As a browser has them; a name is an address within the site. */
function cacheStorage(load: (path: string) => Promise<Response>) {
  const all = new Map<string, Map<string, Response>>()
  const nameOf = (it: string | { url: string }) =>
    new URL(typeof it === 'string' ? it : it.url, ORIGIN).href.slice(ORIGIN.length)
  const cache = (kept: Map<string, Response>) => ({
    match: async (it: string | { url: string }) => kept.get(nameOf(it))?.clone(),
    add: async (path: string) => void kept.set(path, await load(path)),
    put: async (it: string, response: Response) => void kept.set(nameOf(it), response),
    delete: async (it: string | { url: string }) => kept.delete(nameOf(it)),
    keys: async () => [...kept.keys()].map((it) => ({ url: ORIGIN + it })),
  })
  return {
    async open(name: string) {
      const kept = all.get(name) ?? new Map<string, Response>()
      all.set(name, kept)
      return cache(kept)
    },
    delete: async (name: string) => all.delete(name),
    keys: async () => [...all.keys()],
    match: async () => undefined,
    seen: () => [...(all.get('seen with 1')?.keys() ?? [])],
    files: () => [...(all.get('files of 1')?.keys() ?? [])],
  }
}

function worker(answers: Record<string, () => Response | Promise<Response>>) {
  const heard: Record<string, (event: object) => void> = {}
  const self = {
    addEventListener: (name: string, handler: (event: object) => void) => (heard[name] = handler),
    location: { origin: ORIGIN, href: `${ORIGIN}/worker.js?build=1` },
  }
  const load = async (path: string) =>
    (answers[path] ?? (() => Promise.reject(new TypeError('No network.'))))()
  const fetch = (it: { url: string } | URL | string) => {
    const { href } = new URL(typeof it === 'object' && 'url' in it ? it.url : it, ORIGIN)
    return load(href.slice(ORIGIN.length))
  }
  const caches = cacheStorage(load)
  runInNewContext(SOURCE, { self, URL, Response, caches, fetch })
  /** A request of a page, as a browser asks the worker for it. */
  async function asks(path: string, { mode = 'cors', method = 'GET' } = {}) {
    let answer: unknown
    const waits: unknown[] = []
    heard.fetch?.({
      request: { url: ORIGIN + path, method, mode },
      respondWith: (it: unknown) => (answer = it),
      waitUntil: (it: unknown) => waits.push(it),
    })
    await Promise.all(waits)
    return (await answer) as Response | undefined
  }
  /** A page was looked at for a while, and names what it has loaded. */
  async function looked(path: string, ...files: string[]) {
    const waits: unknown[] = []
    heard.message?.({
      data: { kind: 'seen', page: path, files },
      waitUntil: (it: unknown) => waits.push(it),
    })
    await Promise.all(waits)
  }
  const goes = (path: string) => asks(path, { mode: 'navigate' })
  return { asks, goes, looked, seen: caches.seen, files: caches.files }
}

const page = () => new Response('A page')

test('what was seen is shown without a network', async () => {
  const answers: Record<string, () => Response> = { '/w/home': page, '/api/workspace/home/triggers': page }
  const { goes, asks, seen } = worker(answers)
  await goes('/w/home')
  await asks('/api/workspace/home/triggers')
  expect(seen()).toEqual(['/w/home', '/api/workspace/home/triggers'])
  delete answers['/w/home']
  expect(await (await goes('/w/home'))?.text()).toBe('A page')
})

test.each(['/sign-in', '/join', '/reset', '/set-up'])(
  'where somebody may become another, at %s, what the one before saw is forgotten',
  async (door) => {
    const { goes, seen } = worker({ '/w/home': page, [door]: page })
    await goes('/w/home')
    await goes(door)
    expect(seen()).toEqual([])
  },
)

test('a file that is opened from a page is no such door', async () => {
  const file = '/api/workspace/home/documents/1/content'
  const { goes, seen } = worker({ '/w/home': page, [file]: page })
  await goes('/w/home')
  await goes(file)
  expect(seen()).toEqual(['/w/home'])
})

test('without a network nobody becomes another: what was seen stays', async () => {
  const { goes, seen } = worker({ '/w/home': page })
  await goes('/w/home')
  await goes('/join').catch(() => {})
  expect(seen()).toEqual(['/w/home'])
})

test('what was asked for before somebody left is not kept when it comes after it', async () => {
  const late = Promise.withResolvers<Response>()
  const { goes, asks, seen } = worker({
    '/w/home': page,
    '/api/me': () => late.promise,
  })
  await goes('/w/home')
  const asked = asks('/api/me')
  await asks('/api/auth/sign-out', { method: 'POST' })
  late.resolve(page())
  expect(await (await asked)?.text()).toBe('A page')
  expect(seen()).toEqual([])
})

test('a session that has ended leaves nothing', async () => {
  const { goes, asks, seen } = worker({
    '/w/home': page,
    '/api/me': () => new Response('', { status: 401 }),
  })
  await goes('/w/home')
  await asks('/api/me')
  expect(seen()).toEqual([])
})

test('every file of the build is kept, also those that only a press would load', async () => {
  const answers: Record<string, () => Response> = {
    '/w/home': page,
    '/_next/static/page.js': page,
    '/_next/static/menu.js': page,
    '/_next/static/files.json?build=1': () =>
      Response.json(['/_next/static/page.js', '/_next/static/menu.js', '/_next/static/late.js']),
  }
  const { looked, seen, files } = worker(answers)
  await looked('/w/home', '/_next/static/page.js')
  expect(seen()).toEqual(['/w/home'])
  expect(files()).toEqual(['/_next/static/page.js', '/_next/static/menu.js'])
  // What did not come while the network was gone comes when the next page is looked at.
  answers['/_next/static/late.js'] = page
  await looked('/w/home', '/_next/static/page.js')
  expect(files()).toContain('/_next/static/late.js')
})

test('a build without a list of its files keeps what its pages have loaded', async () => {
  const { looked, files } = worker({ '/w/home': page, '/_next/static/page.js': page })
  await looked('/w/home', '/_next/static/page.js')
  expect(files()).toEqual(['/_next/static/page.js'])
})
