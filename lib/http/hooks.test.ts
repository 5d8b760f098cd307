/** What programs hear that call a webhook, and what people see of it. */
import { createHmac } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { days, minutes, seconds } from '#lib/clock.ts'
import type { WebhookConfigInput } from '#lib/contract/webhook-trigger.ts'
import { list as decided } from '#db/queries/evaluations.ts'
import { prune } from '#db/queries/webhooks.ts'
import { type Heard, type World, world } from './testing/world.ts'

let it: World
beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

interface Hook {
  id: number
  path: string
  secret: string
}
const TRIGGERS = '/workspace/demo/triggers'
const pathOf = (url: unknown) => new URL(String(url)).pathname.slice('/api'.length)

async function made(webhook: WebhookConfigInput = { scheme: 'standard' }, more: object = {}): Promise<Hook> {
  const body = { name: 'Calls', agentId: 'test-agent', kind: 'webhook', webhook, ...more }
  const answer = await it.ask('POST', TRIGGERS, { as: it.ben, body })
  if (answer.status !== 201) throw new Error(answer.text)
  const { url, secret } = answer.body.webhook as { url: string; secret: string }
  return { id: (answer.body.trigger as { id: number }).id, path: pathOf(url), secret }
}

const BODY = '{"order":7,"total":120}'
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text)
let calls = 0
/** As Standard Webhooks has it, at the server's time. */
function signed({ secret }: Pick<Hook, 'secret'>, { id = `msg_${calls++}`, body = BODY } = {}) {
  const time = Math.floor(it.clock.now().getTime() / 1000)
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(time),
    'webhook-signature': `v1,${hmac(key, `${id}.${time}.${body}`).digest('base64')}`,
  }
}
const send = (hook: Pick<Hook, 'path'>, headers: Record<string, string>, text = BODY): Promise<Heard> =>
  it.ask('POST', hook.path, { text, headers })
const sendSigned = (hook: Hook, it: { id?: string; body?: string } = {}) =>
  send(hook, signed(hook, it), it.body)

const get = async (path: string, as = it.ben) => (await it.ask('GET', path, { as })).body
type Delivery = Record<string, unknown>
const deliveriesOf = async ({ id }: Hook, query = '') =>
  (await get(`${TRIGGERS}/${id}/webhook/deliveries${query}`)).deliveries as Delivery[]
const deliveryOf = async ({ id }: Hook, deliveryId: unknown) =>
  (await get(`${TRIGGERS}/${id}/webhook/deliveries/${deliveryId}`)).delivery as Delivery
const runsOf = async ({ id }: Hook) =>
  (await get(`/workspace/demo/executions?triggerId=${id}`)).executions as Delivery[]

test('the secret is said once, and masked from then on', async () => {
  const hook = await made()
  expect(hook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const { text } = await it.ask('GET', `${TRIGGERS}/${hook.id}`, { as: it.ada })
  expect(text).not.toContain(hook.secret)
  expect(text).not.toContain(hook.path.split('/').at(-1))
  const { webhook } = (await get(`${TRIGGERS}/${hook.id}/webhook`)) as { webhook: Delivery }
  expect(webhook).toMatchObject({
    secret: `•••${hook.secret.slice(-4)}`,
    previousValidUntil: null,
    lastReceivedAt: null,
  })
  expect(pathOf(webhook.url)).toBe(hook.path)
})

test('of a kind that nobody calls there is no address', async () => {
  const body = { name: 'Morning', agentId: 'test-agent', cronExpression: '0 9 * * *' }
  const { trigger, webhook } = (await it.ask('POST', TRIGGERS, { as: it.ben, body })).body
  expect(webhook).toBeUndefined()
  const asked = await it.ask('GET', `${TRIGGERS}/${(trigger as { id: number }).id}/webhook`, { as: it.ben })
  expect([asked.status, asked.body.detail]).toEqual([
    409,
    'This is of the kind "schedule", which no program calls.',
  ])
})

test('a genuine call runs, and the agent is told of it without what is secret', async () => {
  const hook = await made()
  const answer = await it.ask('POST', `${hook.path}?from=shop&tag=a&tag=b`, {
    text: BODY,
    headers: { ...signed(hook, { id: 'msg_first' }), cookie: 'a=b', 'x-api-key': 'k', 'x-from': 'shop' },
  })
  const [run] = await runsOf(hook)
  expect([answer.status, answer.body]).toEqual([
    202,
    { deliveryId: 'msg_first', executionId: run?.id, verdict: 'accepted' },
  ])
  expect(run).toMatchObject({ kind: 'webhook', occurrence: 'webhook:msg_first' })
  const { execution } = await get(`/workspace/demo/executions/${run?.id}`)
  const { event } = execution as { event: { type: string; data: Record<string, Record<string, unknown>> } }
  expect(event.type).toBe('webhook')
  expect(event.data.body).toEqual({ order: 7, total: 120 })
  expect(event.data.query).toEqual({ from: 'shop', tag: ['a', 'b'] })
  expect(event.data.headers).toMatchObject({ 'x-from': 'shop', 'webhook-id': 'msg_first' })
  for (const name of ['cookie', 'webhook-signature', 'x-api-key'])
    expect(event.data.headers).not.toHaveProperty(name)

  const delivery = await deliveryOf(hook, 'msg_first')
  expect(delivery).toMatchObject({ verdict: 'accepted', status: 202, body: BODY, executionId: run?.id })
  expect(delivery.headers).toMatchObject({ cookie: '•••', 'webhook-signature': '•••', 'x-api-key': '•••' })
})

test('what is not genuine is refused without a word about it, and logged with the reason and without its body', async () => {
  const hook = await made()
  const wrong = { ...signed(hook), 'webhook-signature': 'v1,AAAA' }
  const answer = await send(hook, wrong)
  expect([answer.status, answer.body.detail]).toEqual([401, 'The call is not signed as it must be.'])
  const bare = await send(hook, {})
  expect(bare.text).toBe(answer.text)
  const logged = await deliveriesOf(hook, '?verdict=refused')
  expect(
    logged.map(({ status, reason, bytes, executionId }) => [status, reason, bytes, executionId]),
  ).toEqual([
    [401, 'The header webhook-timestamp is missing.', BODY.length, null],
    [
      401,
      'No signature fits: it was made with another secret, or the body was changed on its way.',
      BODY.length,
      null,
    ],
  ])
  expect(await deliveryOf(hook, logged[0]?.deliveryId)).toMatchObject({ body: null })
  expect(await runsOf(hook)).toEqual([])
})

test('what comes twice runs once: one after another, at the same moment, and as another call under its id', async () => {
  const hook = await made()
  const headers = signed(hook, { id: 'msg_twice' })
  const at_once = await Promise.all(Array.from({ length: 8 }, () => send(hook, headers)))
  const again = await send(hook, headers)
  const [run, ...others] = await runsOf(hook)
  expect(others).toEqual([])
  expect([...at_once, again].map(({ status }) => status).sort()).toEqual([...Array(8).fill(200), 202])
  expect(new Set([...at_once, again].map(({ body }) => body.executionId))).toEqual(new Set([run?.id]))
  const another = await sendSigned(hook, { id: 'msg_twice', body: '{"order":8}' })
  expect(another.status).toBe(409)
  const logged = await deliveriesOf(hook)
  expect(logged.filter((it) => it.deliveryId === 'msg_twice')).toHaveLength(9)
  expect(logged.filter((it) => it.verdict === 'duplicate')).toHaveLength(8)
  expect(logged[0]).toMatchObject({ verdict: 'refused', status: 409 })
  expect(logged[0]?.reason).toContain('“msg_twice”')
  // What was refused is shown as itself, and not with what the first call said.
  expect(await deliveryOf(hook, logged[0]?.deliveryId)).toMatchObject({ status: 409, body: null })
  const { evaluations } = await get(`${TRIGGERS}/${hook.id}/evaluations?verdict=duplicate`)
  expect(evaluations).toHaveLength(8)
  expect(evaluations).toContainEqual(
    expect.objectContaining({ deliveryId: 'msg_twice', executionId: run?.id }),
  )
})

test('where the id is not signed, a signature that was seen is known again under any id', async () => {
  const hook = await made({ scheme: 'github' })
  const as = (id: string, body = BODY) => ({
    'x-github-delivery': id,
    'x-hub-signature-256': `sha256=${hmac(hook.secret, body).digest('hex')}`,
  })
  const first = await send(hook, as('a'))
  const replayed = await send(hook, as('b'))
  const upper = as('c')
  const written = await send(hook, {
    ...upper,
    'x-hub-signature-256': upper['x-hub-signature-256'].toUpperCase().replace('SHA256', 'sha256'),
  })
  expect([first.status, replayed.body, written.body]).toEqual([
    202,
    ...Array(2).fill({ deliveryId: 'a', executionId: first.body.executionId, verdict: 'duplicate' }),
  ])
  expect((await send(hook, as('d', '{"order":8}'), '{"order":8}')).status).toBe(202)
  expect(await runsOf(hook)).toHaveLength(2)
})

test('with a token, a call without an id is a call of its own, and the id stands where it is said', async () => {
  const hook = await made({ scheme: 'token', idFrom: { path: 'body.order' } })
  const by = { authorization: `Bearer ${hook.secret}` }
  const [one, two] = [await send(hook, by, '{}'), await send(hook, by, '{}')]
  expect([one?.status, two?.status]).toEqual([202, 202])
  expect(one?.body.deliveryId).not.toBe(two?.body.deliveryId)
  expect((await send(hook, by)).body.deliveryId).toBe('7')
  expect((await send(hook, by)).body.verdict).toBe('duplicate')
  const malformed = await send(hook, by, '{"order":"a b"}')
  expect([malformed.status, malformed.text.includes('a b')]).toEqual([422, false])
  const misplaced = await it.ask('POST', TRIGGERS, {
    as: it.ben,
    body: {
      name: 'x',
      agentId: 'test-agent',
      kind: 'webhook',
      webhook: {
        scheme: 'github',
        idFrom: { path: 'body.id' },
        filter: { path: 'data.x', op: 'exists', value: true },
      },
    },
  })
  expect((misplaced.body.errors as { path: string }[]).map(({ path }) => path)).toEqual([
    'webhook.filter.path',
    'webhook.idFrom',
  ])
})

test('an address that never was, is no more, or can be none answers alike', async () => {
  const hook = await made()
  await it.ask('DELETE', `${TRIGGERS}/${hook.id}`, { as: it.ben })
  const gone = await sendSigned(hook)
  const never = await send({ path: `/hooks/${'x'.repeat(43)}` }, signed(hook))
  const malformed = await send({ path: "/hooks/'%20or%201=1" }, {})
  expect([gone.status, never.text, malformed.text]).toEqual([404, gone.text, gone.text])
  const asked = await it.ask('GET', hook.path)
  expect([asked.status, asked.headers.get('allow')]).toEqual([405, 'POST'])
})

test('a body is cut off where it is too long, whatever it says of its length', async () => {
  const hook = await made()
  let pulled = 0
  const endless = new ReadableStream({
    pull(controller) {
      pulled++
      controller.enqueue(new Uint8Array(64 * 1024))
    },
  })
  const handler = it.files.get('/hooks/{token}')?.POST
  const request = new Request(`http://localhost:3001/api${hook.path}`, {
    method: 'POST',
    headers: { host: 'localhost:3001', ...signed(hook) },
    body: endless,
    duplex: 'half',
  } as RequestInit)
  const token = hook.path.split('/').at(-1) as string
  const answer = await handler?.(request, { params: Promise.resolve({ token }) })
  expect([answer?.status, pulled < 25]).toEqual([413, true])
  expect(await deliveriesOf(hook)).toMatchObject([{ verdict: 'refused', status: 413 }])
})

test('beyond 600 a minute calls wait, and the log is not flooded', async () => {
  const hook = await made()
  for (let n = 0; n < 600; n++) await send(hook, {})
  const answer = await sendSigned(hook)
  expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true])
  expect(await deliveriesOf(hook, '?limit=200')).toHaveLength(60)
  it.clock.advance(minutes(1))
  expect((await sendSigned(hook)).status).toBe(202)
})

test('calls wait where more has happened than triggers were held against, and so does what programs tell', async () => {
  const hook = await made()
  const { q, t } = it.carillon.store
  const [home] = await q.select().from(t.workspaces).where(eq(t.workspaces.slug, 'demo'))
  const { id, lastSeq, matchedSeq } = home as { id: number; lastSeq: number; matchedSeq: number }
  const behind = (count: number) =>
    q
      .update(t.workspaces)
      .set({ matchedSeq: lastSeq - count })
      .where(eq(t.workspaces.id, id))
  const tell = () =>
    it.ask('POST', '/workspace/demo/trigger-events', { as: it.ben, body: { type: 'custom.a', data: {} } })
  await behind(100_001)
  const answers = [await sendSigned(hook, { id: 'msg_waits' }), await tell()]
  expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(
    Array(2).fill([429, '60']),
  )
  expect(await deliveriesOf(hook)).toMatchObject([{ verdict: 'refused', status: 429 }])
  await behind(99_000)
  expect([(await sendSigned(hook, { id: 'msg_waits' })).status, (await tell()).status]).toEqual([202, 202])
  await behind(lastSeq - matchedSeq)
})

test('what is secret in the query is in the log only as a mask, and nothing for the agent', async () => {
  const hook = await made()
  const path = `${hook.path}?from=shop&api_key=s3cret&Access-Token=s3cret`
  await send({ path }, signed(hook, { id: 'msg_query' }))
  const delivery = await deliveryOf(hook, 'msg_query')
  expect(delivery.query).toEqual({ from: 'shop', api_key: '•••', 'Access-Token': '•••' })
  const { execution } = await get(`/workspace/demo/executions/${delivery.executionId}`)
  const { event } = execution as { event: { data: { query: object } } }
  expect(event.data.query).toEqual({ from: 'shop' })
  const { q, t } = it.carillon.store
  expect(JSON.stringify(await q.select().from(t.webhookDeliveries))).not.toContain('s3cret')
})

test('a call during a pause is told so, and has used up its id', async () => {
  const hook = await made()
  await it.ask('POST', `${TRIGGERS}/${hook.id}/toggle`, { as: it.ben, body: { enabled: false } })
  const headers = signed(hook, { id: 'msg_paused' })
  const answer = await send(hook, headers)
  expect([answer.status, answer.body]).toEqual([
    202,
    { deliveryId: 'msg_paused', executionId: null, verdict: 'paused' },
  ])
  await it.ask('POST', `${TRIGGERS}/${hook.id}/toggle`, { as: it.ben, body: { enabled: true } })
  expect((await send(hook, headers)).body.verdict).toBe('duplicate')
})

test('what the filter does not want is told so, with each comparison in the log', async () => {
  const hook = await made({ scheme: 'standard', filter: { path: 'body.total', op: 'gt', value: 200 } })
  const answer = await sendSigned(hook, { id: 'msg_small' })
  expect([answer.status, answer.body]).toEqual([
    200,
    { deliveryId: 'msg_small', executionId: null, verdict: 'filtered' },
  ])
  expect((await deliveryOf(hook, 'msg_small')).trace).toEqual([
    { path: 'body.total', op: 'gt', expected: 200, actual: 120, pass: false },
  ])
  expect(await decided(it.carillon.store, hook.id, { limit: 5 })).toMatchObject([
    { verdict: 'filtered', deliveryId: 'msg_small' },
  ])
  expect((await sendSigned(hook, { id: 'msg_large', body: '{"total":300}' })).status).toBe(202)
  expect((await deliveryOf(hook, 'msg_large')).trace).toMatchObject([{ actual: 300, pass: true }])
})

test('after a rotation the secret before counts as long as it was said to', async () => {
  const hook = await made()
  const path = `${TRIGGERS}/${hook.id}/webhook/rotate`
  expect((await it.ask('POST', path, { as: it.ben })).status).toBe(403)
  const { secret, previousValidUntil } = (
    await it.ask('POST', path, { as: it.ada, body: { graceSeconds: 60 } })
  ).body
  expect(Date.parse(String(previousValidUntil))).toBe(it.clock.now().getTime() + seconds(60))
  expect((await sendSigned(hook)).status).toBe(202)
  expect((await sendSigned({ ...hook, secret: String(secret) })).status).toBe(202)
  it.clock.advance(seconds(61))
  expect((await sendSigned(hook)).status).toBe(401)
  const body = { graceSeconds: 0, secret: 'whsec_too-short-a-key!' }
  const short = await it.ask('POST', path, { as: it.ada, body: { ...body, secret: 'whsec_dG9vIHNob3J0' } })
  expect([short.status, (short.body.errors as Delivery[])[0]?.path]).toEqual([422, 'secret'])
  const entered = `whsec_${Buffer.from('a key of somebody else').toString('base64')}`
  expect(
    (await it.ask('POST', path, { as: it.ada, body: { graceSeconds: 0, secret: entered } })).body,
  ).toEqual({
    secret: entered,
    previousValidUntil: null,
  })
  expect((await sendSigned({ ...hook, secret: entered })).status).toBe(202)
  expect((await sendSigned({ ...hook, secret: String(secret) })).status).toBe(401)
})

test('a call is sent again as one of its own; one that was refused, or is no longer kept, is not', async () => {
  const hook = await made()
  await sendSigned(hook, { id: 'msg_again' })
  await send(hook, {})
  const path = (deliveryId: unknown) => `${TRIGGERS}/${hook.id}/webhook/deliveries/${deliveryId}/replay`
  const answer = await it.ask('POST', path('msg_again'), { as: it.ben })
  expect([answer.status, answer.body.verdict]).toEqual([202, 'accepted'])
  const runs = await runsOf(hook)
  expect(runs.map(({ id }) => id)).toContain(answer.body.executionId)
  expect(runs).toHaveLength(2)
  expect(await deliveryOf(hook, answer.body.deliveryId)).toMatchObject({ replayOf: 'msg_again', body: BODY })
  const [refused] = await deliveriesOf(hook, '?verdict=refused')
  expect((await it.ask('POST', path(refused?.deliveryId), { as: it.ben })).status).toBe(409)

  const now = it.clock.now().getTime() + 1
  await prune(it.carillon.store, { bodiesBefore: new Date(now), idsBefore: new Date(now - days(83)) })
  expect(await deliveryOf(hook, 'msg_again')).toMatchObject({ body: null, headers: {}, verdict: 'accepted' })
  expect((await it.ask('POST', path('msg_again'), { as: it.ben })).status).toBe(409)
  expect((await sendSigned(hook, { id: 'msg_again' })).body.verdict).toBe('duplicate')
  await prune(it.carillon.store, { bodiesBefore: new Date(now), idsBefore: new Date(now) })
  expect(await deliveriesOf(hook, '?verdict=accepted')).toEqual([])
})

test('a schedule that becomes a webhook has an address, too', async () => {
  const body = { name: 'Morning', agentId: 'test-agent', cronExpression: '0 9 * * *' }
  const { trigger } = (await it.ask('POST', TRIGGERS, { as: it.ben, body })).body
  const path = `${TRIGGERS}/${(trigger as { id: number }).id}`
  const changed = await it.ask('PUT', path, {
    as: it.ben,
    body: { kind: 'webhook', webhook: { scheme: 'token' } },
  })
  expect(changed.status).toBe(200)
  const { webhook } = (await get(`${path}/webhook`)) as { webhook: Delivery }
  const { secret } = (await it.ask('POST', `${path}/webhook/rotate`, { as: it.ada })).body
  const answer = await send({ path: pathOf(webhook.url) }, { authorization: `Bearer ${secret}` })
  expect(answer.status).toBe(202)
})

test('a caller who waits is answered with the run, and one who comes while the server stops is told to come again', async () => {
  await it.close()
  it = await world()
  await it.carillon.start()
  const hook = await made({ scheme: 'standard', respond: 'result', waitSeconds: 30 })
  const { status, body } = await sendSigned(hook, { id: 'msg_waits' })
  expect([status, body.execution]).toMatchObject([
    200,
    { status: 'success', occurrence: 'webhook:msg_waits' },
  ])
  expect((await sendSigned(hook, { id: 'msg_waits' })).body).toMatchObject({
    executionId: (body.execution as Delivery).id,
    verdict: 'duplicate',
  })

  const slow = await made(
    { scheme: 'standard', respond: 'result', waitSeconds: 30 },
    { context: { does: 'hang' } },
  )
  const waiting = sendSigned(slow)
  while ((await runsOf(slow)).length === 0) await turn()
  const stopping = it.close()
  const late = await sendSigned(hook)
  expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1'])
  expect((await waiting).status).toBe(202)
  // What runs may end in its time; it does not.
  for (let n = 0; n < 20; n++) {
    it.clock.advance(seconds(5))
    await turn()
  }
  await stopping
})
