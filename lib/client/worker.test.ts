/** What the worker beside the pages keeps, and of whom: run as a browser runs it, with a network that is made up. */
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'

const ORIGIN = 'https://carillon.example.com'
const SOURCE = readFileSync(new URL('../../public/worker.js', import.meta.url), 'utf8')

/** As a browser has them; a name is an address within the site. */
function cacheStorage() {
  const all = new Map<string, Map<string, Response>>()
  const nameOf = (it: string | { url: string }) =>
    new URL(typeof it === 'string' ? it : it.url, ORIGIN).href.slice(ORIGIN.length)
  const cache = (kept: Map<string, Response>) => ({
    match: async (it: string | { url: string }) => kept.get(nameOf(it))?.clone(),
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
  }
}

function worker(answers: Record<string, () => Response | Promise<Response>>) {
  const heard: Record<string, (event: object) => void> = {}
  const caches = cacheStorage()
  const self = {
    addEventListener: (name: string, handler: (event: object) => void) => (heard[name] = handler),
    location: { origin: ORIGIN, href: `${ORIGIN}/worker.js?build=1` },
  }
  const fetch = async ({ url }: { url: string }) =>
    (answers[url.slice(ORIGIN.length)] ?? (() => Promise.reject(new TypeError('No network.'))))()
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
  return { asks, goes: (path: string) => asks(path, { mode: 'navigate' }), seen: caches.seen }
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
