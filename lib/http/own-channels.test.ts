/** Channels of a person's own, as their callers see them. */
import { createECDH } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { minutes } from '../clock.ts'
import { receiver, type Receiver } from '../delivery/testing/receiver.ts'
import { type Heard, type World, world } from './testing/world.ts'

let peer: Receiver
let it: World
beforeAll(async () => {
  peer = await receiver()
  it = await world({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1/32' })
})
afterAll(async () => {
  await it.close()
  await peer.close()
})
afterEach(async () => {
  const { q, t } = it.carillon.store
  for (const table of [t.channels, t.deliveries]) await q.delete(table)
  it.clock.advance(minutes(1))
  peer.taken.length = 0
})

const mine = (method: string, path: string, as: string, body?: unknown) =>
  it.ask(method as 'GET', `/me/channels${path}`, { as, body })
const rules = (method: string, path: string, as: string, body?: unknown) =>
  it.ask(method as 'GET', `/workspace/demo/delivery-rules${path}`, { as, body })
const idIn = ({ body }: Heard, noun: string) => (body[noun] as { id: number }).id
const phone = () => ({
  ...{ kind: 'ntfy', name: 'My phone' },
  config: { server: peer.origin, topic: 'ben', token: 'tk_s3cret-of-ben' },
})
const errorsIn = ({ status, body }: Heard) => [status, (body.errors as { path: string }[])[0]?.path]

test('a person adds, tests, changes and deletes a channel of their own, and nobody else sees it', async () => {
  const made = await mine('POST', '', it.ben, phone())
  expect([made.status, made.body.channel]).toMatchObject([
    201,
    { name: 'My phone', config: { token: '•••' } },
  ])
  const id = idIn(made, 'channel')
  expect((await mine('POST', `/${id}/test`, it.ben)).body).toEqual({ ok: true, detail: 'HTTP 200' })
  expect(peer.taken[0]?.headers.authorization).toBe('Bearer tk_s3cret-of-ben')
  const { config } = phone()
  const changed = await mine('PUT', `/${id}`, it.ben, { config: { ...config, token: '•••', topic: 'other' } })
  expect(changed.body.channel).toMatchObject({ config: { topic: 'other' } })
  expect((await mine('GET', '', it.ben)).body.channels).toMatchObject([{ id, rules: 0 }])

  expect((await mine('GET', '', it.ada)).body.channels).toEqual([])
  for (const [method, path] of [
    ['GET', `/${id}`],
    ['PUT', `/${id}`],
    ['DELETE', `/${id}`],
    ['POST', `/${id}/test`],
  ] as const)
    expect((await mine(method, path, it.ada, method === 'PUT' ? {} : undefined)).status).toBe(404)
  expect((await it.ask('GET', '/workspace/demo/channels', { as: it.ada })).body.channels).toEqual([])
  expect((await it.ask('GET', `/workspace/demo/channels/${id}`, { as: it.ada })).status).toBe(404)
  expect((await mine('DELETE', `/${id}`, it.ben)).status).toBe(200)
  expect((await mine('GET', `/${id}`, it.ben)).status).toBe(404)
})

test('mail goes to the address of the account and to no other', async () => {
  const mail = (to: string[]) => ({ kind: 'email', name: 'Mail', config: { to } })
  const { email } = (await it.ask('GET', '/me', { as: it.ben })).body as { email: string }
  expect(errorsIn(await mine('POST', '', it.ben, mail(['victim@example.com'])))).toEqual([422, 'config.to'])
  const made = await mine('POST', '', it.ben, mail([email.toUpperCase()]))
  expect(made.status).toBe(201)
  const config = { to: [email, 'victim@example.com'] }
  const put = await mine('PUT', `/${idIn(made, 'channel')}`, it.ben, { config })
  expect(errorsIn(put)).toEqual([422, 'config.to'])
})

test('what the operator has opened inside is reached by the own channels of editors, and of nobody who is none', async () => {
  const id = idIn(await mine('POST', '', it.ben, phone()), 'channel')
  const mail = {
    kind: 'email',
    name: 'Mail',
    config: { ...{ host: '127.0.0.1', port: 1 }, from: 'c@example.com' },
  }
  const { id: userId, email } = (await it.ask('GET', '/me', { as: it.ben })).body as Record<string, string>
  const own = { ...mail, config: { ...mail.config, to: [email] } }
  const letter = idIn(await mine('POST', '', it.ben, own), 'channel')
  const as = (role: string) =>
    it.ask('PUT', `/workspace/demo/members/${userId}`, { as: it.ada, body: { role } })
  const tested = async (channel: number) => (await mine('POST', `/${channel}/test`, it.ben)).body.detail
  expect(await tested(letter)).toContain('nothing answers there')
  await as('viewer')
  expect(errorsIn(await mine('POST', '', it.ben, phone()))).toEqual([422, 'config'])
  const moved = { config: { server: peer.origin, topic: 'else' } }
  expect(errorsIn(await mine('PUT', `/${id}`, it.ben, moved))).toEqual([422, 'config'])
  const subscription = {
    endpoint: `${peer.origin}/push`,
    keys: { p256dh: createECDH('prime256v1').generateKeys('base64url'), auth: 'A'.repeat(22) },
  }
  const browser = await it.ask('POST', '/me/push', { as: it.ben, body: { name: 'Firefox', subscription } })
  expect(errorsIn(browser)).toEqual([422, 'subscription.endpoint'])
  // What was saved while it was allowed goes there no more.
  expect(await tested(id)).toContain('leads where nothing may be sent')
  expect(await tested(letter)).toContain('Refused to connect')
  expect(peer.taken).toEqual([])
  await as('editor')
  expect(await tested(id)).toBe('HTTP 200')
})

test('a secret of a workspace is nothing that an own channel could name', async () => {
  const body = { value: 'tk_of-the-workspace' }
  await it.ask('PUT', '/workspace/demo/secrets/NTFY', { as: it.ada, body })
  const { config } = phone()
  const made = await mine('POST', '', it.ben, {
    ...phone(),
    config: { ...config, token: { secret: 'NTFY' } },
  })
  expect(made.status).toBe(422)
  await it.ask('DELETE', '/workspace/demo/secrets/NTFY', { as: it.ada })
})

test('rules name the own channels of who writes them, and of nobody else; others see whose it is, and may delete it', async () => {
  const channelId = idIn(await mine('POST', '', it.ben, phone()), 'channel')
  const on = ['failure']
  expect(errorsIn(await rules('POST', '', it.ada, { channelId, on }))).toEqual([422, 'channelId'])
  const key = await it.key('editor', 'demo')
  expect(errorsIn(await rules('POST', '', key, { channelId, on }))).toEqual([422, 'channelId'])
  const made = await rules('POST', '', it.ben, { channelId, on })
  expect([made.status, made.body.rule]).toMatchObject([201, { channelId, channelName: 'My phone' }])
  const id = idIn(made, 'rule')
  expect((await mine('GET', '', it.ben)).body.channels).toMatchObject([{ rules: 1 }])
  expect((await rules('GET', '', it.ben)).body).toMatchObject({
    rules: [{ id, ownedBy: { name: 'Ben' } }],
    channels: [{ id: channelId, own: true, name: 'My phone' }],
  })
  const seen = await rules('GET', '', it.ada)
  expect(seen.body).toMatchObject({ rules: [{ channelName: 'Ben’s own channel' }], channels: [] })
  expect(seen.text).not.toContain('My phone')
  expect((await rules('PUT', `/${id}`, it.ada, { on: ['success'] })).status).toBe(403)
  expect((await rules('PUT', `/${id}`, it.ben, { on: ['success'] })).status).toBe(200)
  expect((await rules('DELETE', `/${id}`, it.ada)).status).toBe(200)
})

test('the record of changes names no own channel', async () => {
  const at = '/workspace/demo/channels'
  const ours = await it.ask('POST', at, { as: it.ada, body: { ...phone(), name: 'Ours' } })
  const own = idIn(await mine('POST', '', it.ben, phone()), 'channel')
  const rule = idIn(
    await rules('POST', '', it.ben, { channelId: idIn(ours, 'channel'), on: ['failure'] }),
    'rule',
  )
  expect((await rules('PUT', `/${rule}`, it.ben, { channelId: own })).status).toBe(200)
  const record = await it.ask('GET', '/workspace/demo/audit?action=rule.update', { as: it.ada })
  expect(record.text).toContain('a person’s own channel')
  const shared = await it.ask('GET', '/audit?action=me', { as: it.root })
  expect(shared.text).toContain('"me.channels"')
  for (const { text } of [record, shared]) expect(text).not.toContain('My phone')
})

test('a person has at most 20 channels of their own', async () => {
  const { store, clock } = it.carillon
  const { id } = (await it.ask('GET', '/me', { as: it.ben })).body as { id: string }
  const at = clock.now().getTime()
  const one = { userId: id, name: 'x', kind: 'ntfy', config: '{}', createdAt: at, updatedAt: at }
  await store.q.insert(store.t.channels).values(Array.from({ length: 20 }, () => one))
  expect((await mine('POST', '', it.ben, phone())).body.detail).toContain('a person has at most 20 channels')
})

test('a browser is named, listed and turned off by its person; an address inside is refused', async () => {
  const subscription = {
    endpoint: 'https://push.example.com/ben',
    keys: { p256dh: createECDH('prime256v1').generateKeys('base64url'), auth: 'A'.repeat(22) },
  }
  const turnOn = (change: object) =>
    it.ask('POST', '/me/push', {
      as: it.ben,
      body: { name: 'Firefox', subscription: { ...subscription, ...change } },
    })
  expect(errorsIn(await turnOn({ endpoint: 'http://169.254.169.254/x' }))).toEqual([
    422,
    'subscription.endpoint',
  ])
  const noPoint = { keys: { ...subscription.keys, p256dh: `B${'A'.repeat(86)}` } }
  expect(errorsIn(await turnOn(noPoint))).toEqual([422, 'subscription.keys.p256dh'])
  const id = idIn(await turnOn({}), 'browser')
  const state = await it.ask('GET', '/me/push', { as: it.ben })
  expect(state.body).toMatchObject({
    publicKey: expect.stringMatching(/^[\w-]{87}$/),
    browsers: [{ id, name: 'Firefox' }],
  })
  expect(state.text).not.toContain('push.example.com')
  expect((await it.ask('GET', '/me/push', { as: it.ada })).body.browsers).toEqual([])
  expect((await it.ask('DELETE', `/me/push/${id}`, { as: it.ada })).status).toBe(404)
  expect((await it.ask('DELETE', `/me/push/${id}`, { as: it.ben })).status).toBe(200)
})
