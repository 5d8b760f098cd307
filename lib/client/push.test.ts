/** What a browser is told that cannot take notifications, and what it does with a message that came. */
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { browserName } from './browser-name.ts'
import { obstacleIn } from './push.ts'

const able = { isSecureContext: true, hasPush: true, permission: 'default', isApple: false } as const

test('what stands in the way is named, with what can be done', () => {
  expect(obstacleIn(able)).toBeNull()
  expect(obstacleIn({ ...able, permission: 'granted' })).toBeNull()
  expect(obstacleIn({ ...able, isSecureContext: false, hasPush: false })).toContain('https:// address')
  expect(obstacleIn({ ...able, permission: 'denied' })).toContain('Allow them')
  expect(obstacleIn({ ...able, hasPush: false })).toContain('channel of another kind')
  expect(obstacleIn({ ...able, hasPush: false, permission: null, isApple: true })).toContain('Home Screen')
})

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari on iPhone',
  ],
  ['something else', 'A browser'],
])('a browser is called by what people know: %s', (agent, name) => expect(browserName(agent)).toBe(name))

const ORIGIN = 'https://carillon.example.com'

/** The worker as a browser runs it, with what it shows and opens. */
function worker(open: readonly string[] = []) {
  const heard: Record<string, (event: object) => void> = {}
  const shown: unknown[] = []
  const opened: string[] = []
  const focused: string[] = []
  const windows = open.map((url) => ({ url, focus: () => focused.push(url) }))
  const self = {
    addEventListener: (name: string, handler: (event: object) => void) => (heard[name] = handler),
    location: { origin: ORIGIN, href: `${ORIGIN}/worker.js?build=1` },
    registration: { showNotification: async (...it: unknown[]) => void shown.push(it) },
    clients: { matchAll: async () => windows, openWindow: async (url: string) => void opened.push(url) },
  }
  runInNewContext(readFileSync(new URL('../../public/worker.js', import.meta.url), 'utf8'), {
    self,
    URL,
  })
  const happens = async (name: string, event: object) => {
    let done: unknown
    heard[name]?.({ ...event, waitUntil: (it: unknown) => (done = it) })
    await done
  }
  return { happens, shown, opened, focused }
}

test('a message is shown as it was sent; one that cannot be read is shown as that', async () => {
  const { happens, shown } = worker()
  const message = { title: 'Digest fails', text: 'The source is down.', tag: 'dlv_7', url: `${ORIGIN}/w/a` }
  await happens('push', { data: { json: () => message } })
  await happens('push', { data: null })
  expect(shown).toMatchObject([
    ['Digest fails', { body: 'The source is down.', tag: 'dlv_7', data: { url: `${ORIGIN}/w/a` } }],
    ['Carillon has news', { data: { url: '/' } }],
  ])
})

test('pressed, it opens the page of the run, or brings it to the front; another site never', async () => {
  const { happens, opened, focused } = worker([`${ORIGIN}/w/a/executions/1`])
  let closed = 0
  const press = (url: unknown) =>
    happens('notificationclick', { notification: { data: { url }, close: () => closed++ } })
  await press(`${ORIGIN}/w/a/executions/2`)
  await press(`${ORIGIN}/w/a/executions/1`)
  await press('https://evil.example/')
  await press('http://localhost:3000/w/a/executions/3?a=1#b')
  expect([opened, focused, closed]).toEqual([
    [`${ORIGIN}/w/a/executions/2`, `${ORIGIN}/`, `${ORIGIN}/w/a/executions/3?a=1#b`],
    [`${ORIGIN}/w/a/executions/1`],
    4,
  ])
})
