/** Notifications of browsers, against a push service that reads them as a browser does. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSqlite } from '#db/sqlite/index.ts'
import type { Store } from '#db/store.ts'
import { createSeal } from '../auth/seal.ts'
import { handClock } from '../clock.ts'
import { createGuardedFetch } from '../net/guarded-fetch.ts'
import { push as kind } from './channels/push.ts'
import type { Message } from './port.ts'
import { createPush } from './push.ts'
import { pushService } from './testing/push-service.ts'

const clock = handClock('2026-03-01T09:00:00Z')
const fetch = createGuardedFetch({ allowedPrivateNetworks: ['127.0.0.1/32'] })
const outside = createGuardedFetch({ allowedPrivateNetworks: [] })
const box = createSeal('a secret of the installation', 'tests')
const baseUrl = 'https://carillon.example.com'
let store: Store
let service: Awaited<ReturnType<typeof pushService>>
let push: ReturnType<typeof createPush>
beforeAll(async () => {
  store = await openSqlite({ file: ':memory:' })
  service = await pushService()
  push = createPush({ store, clock, box, baseUrl, allowedPrivateNetworks: ['127.0.0.1/32'] })
  const now = clock.now()
  for (const id of ['ada', 'ben'])
    await store.q.insert(store.t.user).values({
      id,
      name: id,
      email: `${id}@example.com`,
      emailVerified: true,
      createdAt: now,
      updatedAt: now,
    })
  const at = now.getTime()
  const [row] = await store.q
    .insert(store.t.workspaces)
    .values({ name: 'Demo', slug: 'demo', createdAt: at })
    .returning()
  await store.q
    .insert(store.t.members)
    .values({ workspaceId: row?.id as number, userId: 'ada', role: 'editor', createdAt: at })
})
beforeEach(async () => {
  await store.q.delete(store.t.pushBrowsers)
  service.taken.length = 0
  service.answers.clear()
})
afterAll(async () => {
  await Promise.all([service.close(), fetch.close(), outside.close()])
  await store.close()
})

const MESSAGE: Message = {
  ...{ event: 'failure', title: 'Grüße failed', text: 'It said: 🔔', url: `${baseUrl}/w/demo/executions/7` },
  at: '2026-03-01T09:00:00.000Z',
  about: { execution: null, trigger: null },
}
const ways = {
  fetch,
  get push() {
    return push
  },
  mail: { send: () => Promise.reject(new Error('no mail')) },
  now: () => clock.now(),
}
const send = (to: { userId: string | null; workspaceId?: number }, message = MESSAGE) =>
  kind.send(
    {},
    {
      ...{ id: 'dlv_12', workspaceId: 1, message, ...to },
      ways: { ...ways, outside: { ...ways, fetch: outside } },
    },
  )
const turnOn = async (userId: string, name: string) => {
  const subscription = service.browser(name)
  const browser = await push.add(userId, subscription, name)
  return { id: browser?.id as number, subscription }
}

test('a notification reaches each browser of the person, and only it can read it', async () => {
  await turnOn('ada', 'laptop')
  await turnOn('ada', 'phone')
  await turnOn('ben', 'other')
  expect(await send({ userId: 'ada' })).toEqual({ kind: 'sent', detail: 'Taken for 2 browsers.' })
  expect(service.taken.map((it) => it.browser).sort()).toEqual(['laptop', 'phone'])
  const { text, title, url } = MESSAGE
  expect(service.taken[0]).toMatchObject({
    payload: { tag: 'dlv_12', title, text, url },
    claims: { aud: service.origin, sub: baseUrl },
    headers: { urgency: 'high', topic: 'dlv_12', ttl: '86400', 'content-encoding': 'aes128gcm' },
  })
})

test('who is an editor nowhere has a browser behind public push services only', async () => {
  const { subscription } = await turnOn('ben', 'inside')
  expect(await send({ userId: 'ben' })).toMatchObject({
    kind: 'refused',
    detail: expect.stringContaining('leads where nothing may be sent'),
  })
  expect(await push.refusal('ben', subscription)).toContain('is a loopback address')
  expect(await push.refusal('ada', subscription)).toBeNull()
  expect(service.taken).toEqual([])
})

test('a channel of the workspace reaches those of its members', async () => {
  await turnOn('ada', 'laptop')
  await turnOn('ben', 'stranger')
  expect(await send({ userId: null })).toMatchObject({ detail: 'Taken for 1 browser.' })
  expect(service.taken.map((it) => it.browser)).toEqual(['laptop'])
})

test.each([404, 410])('a browser that is gone (%i) is forgotten, and the others are told', async (status) => {
  const { id } = await turnOn('ada', 'old')
  await turnOn('ada', 'new')
  service.answers.set('old', status)
  expect(await send({ userId: 'ada' })).toMatchObject({
    kind: 'sent',
    detail: expect.stringContaining('1 browser took no more'),
  })
  expect((await push.list('ada')).map((it) => it.name)).toEqual(['new'])
  expect(await push.remove('ada', id)).toBe(false)
})

test('where the last is gone, or there never was one, it says so and is not tried again', async () => {
  const nobody = expect.stringContaining('Nobody who is to be told has notifications turned on')
  expect(await send({ userId: 'ada' })).toMatchObject({ kind: 'refused', lasting: true, detail: nobody })
  await turnOn('ada', 'old')
  service.answers.set('old', 410)
  const sent = await send({ userId: 'ada' })
  expect(sent).toMatchObject({ kind: 'refused', lasting: true, detail: nobody })
  expect(sent).not.toHaveProperty('gone')
})

test('a service that is away is asked again later', async () => {
  await turnOn('ada', 'laptop')
  service.answers.set('laptop', 503)
  expect(await send({ userId: 'ada' })).toMatchObject({ kind: 'refused', lasting: false, detail: 'HTTP 503' })
  expect(await push.list('ada')).toHaveLength(1)
})

test('a long message is cut to what push services take, between characters', async () => {
  await turnOn('ada', 'laptop')
  const long = { ...MESSAGE, title: '🔔"'.repeat(500), text: '🔔\n"'.repeat(5_000) }
  expect(await send({ userId: 'ada' }, long)).toMatchObject({ kind: 'sent' })
  const { headers, payload } = service.taken[0] ?? {}
  expect(Number(headers?.['content-length'])).toBeLessThanOrEqual(4_096)
  expect(payload?.text.isWellFormed()).toBe(true)
})

test('the keys are made once, whoever asks, and lie sealed like the addresses of browsers', async () => {
  const other = createPush({ store, clock, box, baseUrl, allowedPrivateNetworks: [] })
  const keys = await Promise.all([push.publicKey(), other.publicKey(), push.publicKey()])
  expect(new Set(keys).size).toBe(1)
  const { subscription } = await turnOn('ada', 'laptop')
  const kept = JSON.stringify([
    await store.q.select().from(store.t.settings),
    await store.q.select().from(store.t.pushBrowsers),
  ])
  expect(kept).not.toContain(subscription.endpoint)
  expect(kept).not.toContain(subscription.keys.auth)
  expect(kept).not.toContain(keys[0])
})

test('a browser is of the last who turned notifications on in it, and a person has at most 20', async () => {
  const subscription = service.browser('shared')
  await push.add('ada', subscription, 'Shared')
  await push.add('ben', subscription, 'Shared')
  expect([await push.list('ada'), (await push.list('ben')).length]).toEqual([[], 1])
  for (let n = 1; n < 20; n++) await turnOn('ben', `b${n}`)
  expect(await push.add('ben', service.browser('one too many'), 'x')).toBeNull()
  expect(await push.add('ben', subscription, 'Renamed')).toMatchObject({ name: 'Renamed' })
})
