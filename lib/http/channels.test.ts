/** Channels, rules, deliveries and incidents as their callers see them. */
import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { minutes } from '../clock.ts'
import { type Received, receiver, type Receiver } from '../delivery/testing/receiver.ts'
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
/** Each begins with nothing, and a minute later: nobody has asked too often. */
afterEach(async () => {
  const { q, t } = it.carillon.store
  for (const table of [t.channels, t.deliveries, t.incidents, t.secrets]) await q.delete(table)
  it.clock.advance(minutes(1))
  peer.taken.length = 0
  peer.answers.length = 0
})

const at = (path: string) => `/workspace/demo${path}`
const post = (path: string, body: unknown, as = it.ada) => it.ask('POST', at(path), { as, body })
const get = async (path: string, as = it.ada) => (await it.ask('GET', at(path), { as })).body
const idIn = ({ body }: Heard, noun: string) => (body[noun] as { id: number }).id
const hook = (change: object = {}) => ({
  ...{ kind: 'webhook', name: 'Hook', config: { url: `${peer.origin}/hook` } },
  ...change,
})

test('the secret of a webhook is made where none is given, answered once, and signs what is sent', async () => {
  const made = await post('/channels', hook())
  expect([made.status, made.body.secret]).toEqual([201, expect.stringMatching(/^whsec_.{32}$/)])
  const id = idIn(made, 'channel')
  expect(made.text.split(String(made.body.secret))).toHaveLength(2)
  const read = await it.ask('GET', at(`/channels/${id}`), { as: it.ada })
  expect(read.body).toMatchObject({ channel: { kind: 'webhook', config: { secret: '•••' }, maxPerHour: 20 } })
  expect(read.text).not.toContain(String(made.body.secret))
  const tested = await post(`/channels/${id}/test`, undefined)
  expect([tested.status, tested.body]).toEqual([200, { ok: true, detail: 'HTTP 200' }])
  expect(peer.taken[0]?.headers['webhook-signature']).toMatch(/^v1,/)
  const own = await post(
    '/channels',
    hook({ config: { url: `${peer.origin}/hook`, secret: 'my own secret' } }),
  )
  expect(own.body.secret).toBeUndefined()
})

test('a mask means what is there, while it goes to the same receiver', async () => {
  const config = { server: peer.origin, topic: 'alarms', token: 'tk_s3cret-of-ntfy' }
  const id = idIn(await post('/channels', { kind: 'ntfy', name: 'Phone', config }), 'channel')
  const put = (change: object) => it.ask('PUT', at(`/channels/${id}`), { as: it.ada, body: change })
  expect((await put({ config: { ...config, token: '•••', topic: 'other' } })).status).toBe(200)
  await post(`/channels/${id}/test`, undefined)
  expect(peer.taken[0]).toMatchObject({ headers: { authorization: 'Bearer tk_s3cret-of-ntfy' } })
  expect(peer.taken[0]?.body).toContain('"topic":"other"')
  const moved = await put({ config: { ...config, token: '•••', server: 'https://ntfy.example.com' } })
  expect([moved.status, moved.body.errors]).toMatchObject([422, [{ path: 'config' }]])
  expect((await put({ name: 'Telephone', quietHours: null })).body).toMatchObject({
    channel: { name: 'Telephone' },
  })
})

test('a webhook that keeps its address keeps its secret; for another one a new one is made, and answered once', async () => {
  const made = await post('/channels', hook())
  const id = idIn(made, 'channel')
  const put = (config: object) => it.ask('PUT', at(`/channels/${id}`), { as: it.ada, body: { config } })
  const signedWith = async (secret: unknown) => {
    peer.taken.length = 0
    await post(`/channels/${id}/test`, undefined)
    const { headers, body } = peer.taken[0] as Received
    const key = Buffer.from(String(secret).slice('whsec_'.length), 'base64')
    const said = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(said).digest('base64')}`
  }
  const same = await put({ url: `${peer.origin}/hook` })
  expect([same.status, same.body.secret]).toEqual([200, undefined])
  expect(await signedWith(made.body.secret)).toBe(true)
  const moved = await put({ url: `${peer.origin}/other` })
  expect([moved.status, moved.body.secret]).toEqual([200, expect.stringMatching(/^whsec_.{32}$/)])
  expect(moved.body.secret).not.toBe(made.body.secret)
  expect(await signedWith(moved.body.secret)).toBe(true)
  expect((await put({ url: `${peer.origin}/third`, secret: '•••' })).status).toBe(422)
})

test('a secret may be named in place of a value, and is then used', async () => {
  await it.ask('PUT', at('/secrets/SLACK'), { as: it.ada, body: { value: `${peer.origin}/services/s3cret` } })
  const slack = { kind: 'slack', name: 'Team', config: { url: { secret: 'SLACK' } } }
  const id = idIn(await post('/channels', slack), 'channel')
  expect(await get(`/channels/${id}`)).toMatchObject({ channel: { config: { url: { secret: 'SLACK' } } } })
  await post(`/channels/${id}/test`, undefined)
  expect(peer.taken[0]?.path).toBe('/services/s3cret')
  expect((await get('/secrets')).secrets).toMatchObject([{ usedBy: [{ kind: 'channel', id, name: 'Team' }] }])
  expect((await it.ask('DELETE', at('/secrets/SLACK'), { as: it.ada })).status).toBe(409)
})

test('a test that fails says why, without what is secret', async () => {
  const slack = { kind: 'slack', name: 'Team', config: { url: `${peer.origin}/services/s3cret` } }
  const id = idIn(await post('/channels', slack), 'channel')
  peer.answers.push({ status: 404, body: 'no_service at /services/s3cret' })
  const { body } = await post(`/channels/${id}/test`, undefined)
  expect(body.ok).toBe(false)
  expect(body.detail).toContain('HTTP 404: no_service')
  const shown = JSON.stringify([body, await get('/channels'), it.log])
  expect(shown).not.toContain('/services/s3cret')
  for (const length of [180, 195, 285, 295]) {
    peer.answers.push({ status: 404, body: `${'x'.repeat(length)}/services/s3cret ${'y'.repeat(5_000)}` })
    const cut = await post(`/channels/${id}/test`, undefined)
    expect(String(cut.body.detail)).not.toMatch(/\/serv|s3c/)
  }
})

test('what a channel cannot be set to is refused by its field', async () => {
  const wrong = [
    [{ kind: 'pigeon' }, 'kind'],
    [{ config: {} }, 'config.url'],
    [{ config: { url: 'http://169.254.169.254/x' } }, 'config'],
    [{ quietHours: { from: '22:00', to: '22:00', timezone: 'UTC' } }, 'quietHours.to'],
    [{ quietHours: { from: '22:00', to: '07:00', timezone: 'CET' } }, 'quietHours.timezone'],
    [{ digestAt: '25:00' }, 'digestAt'],
    [{ maxPerHour: 0 }, 'maxPerHour'],
  ] as const
  for (const [change, path] of wrong) {
    const { status, body } = await post('/channels', hook(change))
    expect([status, (body.errors as { path: string }[]).map((one) => one.path)]).toEqual([422, [path]])
  }
})

test('rules are for editors, name what is here, and one that names no trigger is of every one', async () => {
  const channelId = idIn(await post('/channels', hook()), 'channel')
  const rule = { channelId, on: ['failure', 'recovery'], triggerIds: [] }
  const made = await post('/delivery-rules', rule, it.ben)
  expect([made.status, made.body.rule]).toMatchObject([
    201,
    { triggerIds: null, afterFailures: 1, repeat: 'once', recoverAfter: 1, channelName: 'Hook' },
  ])
  const id = idIn(made, 'rule')
  const put = (body: object) => it.ask('PUT', at(`/delivery-rules/${id}`), { as: it.ben, body })
  expect((await put({ afterFailures: 3 })).body.rule).toMatchObject({ afterFailures: 3, on: rule.on })
  expect((await put({ triggerIds: [4711] })).body.errors).toMatchObject([{ path: 'triggerIds' }])
  expect((await post('/delivery-rules', { ...rule, channelId: 4711 })).body.errors).toMatchObject([
    { path: 'channelId' },
  ])
  expect((await post('/delivery-rules', { channelId, on: [] })).status).toBe(422)
  expect(await get('/delivery-rules', it.ben)).toMatchObject({
    rules: [{ id }],
    channels: [{ id: channelId, name: 'Hook', kind: 'webhook', enabled: true }],
  })
  expect((await get('/channels')).channels).toMatchObject([{ rules: 1 }])
  await it.ask('DELETE', at(`/channels/${channelId}`), { as: it.ada })
  expect(await get('/delivery-rules', it.ben)).toMatchObject({ rules: [], channels: [] })
})

test('a workspace has at most 50 channels, and 200 rules', async () => {
  const { store, clock } = it.carillon
  const channelId = idIn(await post('/channels', hook()), 'channel')
  const { workspaceId } = (await store.q.select().from(store.t.channels))[0] as { workspaceId: number }
  const now = clock.now().getTime()
  const base = { workspaceId, createdAt: now, updatedAt: now }
  const channels = Array.from({ length: 49 }, () => ({ ...base, name: 'x', kind: 'ntfy', config: '{}' }))
  await store.q.insert(store.t.channels).values(channels)
  const rules = Array.from({ length: 200 }, () => ({ ...base, channelId, events: ',failure,' }))
  await store.q.insert(store.t.deliveryRules).values(rules)
  expect((await post('/channels', hook())).body.detail).toContain('at most 50 channels')
  expect((await post('/delivery-rules', { channelId, on: ['failure'] })).body.detail).toContain(
    'at most 200 rules',
  )
})

test('channels are tested ten times a minute at most', async () => {
  const id = idIn(await post('/channels', hook()), 'channel')
  for (let n = 0; n < 10; n++) expect((await post(`/channels/${id}/test`, undefined)).status).toBe(200)
  expect((await post(`/channels/${id}/test`, undefined)).status).toBe(429)
})

test('a delivery is sent once more as one of its own, also where its rule is gone', async () => {
  const { store, clock } = it.carillon
  const channelId = idIn(await post('/channels', hook()), 'channel')
  const [{ workspaceId } = {}] = await store.q.select().from(store.t.channels)
  const now = clock.now().getTime()
  const [row] = await store.q
    .insert(store.t.deliveries)
    .values({
      ...{
        workspaceId: workspaceId as number,
        channelId,
        channelName: 'Hook',
        facts: ',failure,',
        status: 'suppressed',
      },
      ...{ reason: 'Known.', createdAt: now, updatedAt: now },
      message: JSON.stringify({
        ...{ event: 'failure', title: 'Digest failed', text: 'x', url: 'http://localhost', at: 'now' },
        about: { execution: null, trigger: null },
      }),
    })
    .returning()
  const again = await post(`/deliveries/${row?.id}/resend`, undefined, it.ben)
  expect([again.status, again.body.delivery]).toMatchObject([202, { status: 'pending', resendOf: row?.id }])
  const id = idIn(again, 'delivery')
  expect(await get('/deliveries')).toMatchObject({ deliveries: [{ id }, { id: row?.id, reason: 'Known.' }] })
  expect((await get(`/deliveries?status=pending&channelId=${channelId}`)).deliveries).toMatchObject([{ id }])
  expect(await get('/deliveries?limit=1')).toMatchObject({ deliveries: [{ id }], nextCursor: String(id) })
  await it.ask('DELETE', at(`/channels/${channelId}`), { as: it.ada })
  expect((await post(`/deliveries/${row?.id}/resend`, undefined, it.ben)).status).toBe(409)
})

test('whoever acknowledged an incident first stays named', async () => {
  const { store, clock } = it.carillon
  const schedule = { name: 'Digest', agentId: 'test-agent', cronExpression: '0 9 * * *' }
  const triggerId = idIn(await post('/agent-schedules', schedule), 'schedule')
  const [{ workspaceId = 0 } = {}] = await store.q.select().from(store.t.triggers)
  const at = { firstAt: clock.now().getTime(), lastAt: clock.now().getTime() }
  const values = {
    workspaceId,
    triggerId,
    cause: 'timeout: late',
    firstExecutionId: 1,
    lastExecutionId: 1,
    ...at,
  }
  const [row] = await store.q.insert(store.t.incidents).values(values).returning()
  expect((await get('/incidents?status=open')).incidents).toMatchObject([
    { id: row?.id, triggerName: 'Digest', cause: 'timeout: late', acknowledgedBy: null },
  ])
  await post(`/incidents/${row?.id}/acknowledge`, undefined, it.ben)
  const second = await post(`/incidents/${row?.id}/acknowledge`, undefined, it.ada)
  expect(second.body.incident).toMatchObject({ acknowledgedBy: 'Ben' })
  expect((await get('/incidents?status=closed')).incidents).toEqual([])
})
