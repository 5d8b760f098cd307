import { afterEach, beforeEach, expect, test } from 'vitest'
import { Context } from '../contract/fields.ts'
import { PASSWORD, type World, world } from './testing/world.ts'

let it: World
beforeEach(async () => {
  it = await world()
  return () => it.close()
})
afterEach(() => expect(Object.keys(Object.prototype)).toEqual([]))

const schedules = '/workspace/demo/agent-schedules'
const schedule = { name: 'Digest', agentId: 'test-agent', cronExpression: '0 9 * * *', timezone: 'UTC' }

test('a member makes, sees, changes and deletes a schedule', async () => {
  const made = await it.ask('POST', schedules, { as: it.ben, body: schedule })
  expect(made.status).toBe(201)
  const { id } = made.body.schedule as { id: number }
  expect((await it.ask('GET', `${schedules}/${id}`, { as: it.ada })).body.schedule).toMatchObject({
    name: 'Digest',
    enabled: true,
  })
  expect(
    (await it.ask('PUT', `${schedules}/${id}`, { as: it.ben, body: { name: 'News' } })).body.schedule,
  ).toMatchObject({ name: 'News' })
  expect((await it.ask('DELETE', `${schedules}/${id}`, { as: it.ben })).body).toEqual({ done: true })
  expect((await it.ask('GET', `${schedules}/${id}`, { as: it.ben })).status).toBe(404)
})

test('a stranger gets a short answer to a long question, and not too often', async () => {
  const unknown = Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`${n}${'x'.repeat(8)}`, 1]))
  const { status, text, body } = await it.ask('POST', '/invitations', { body: unknown })
  expect(status).toBe(422)
  expect((body.errors as unknown[]).length).toBeLessThanOrEqual(20)
  expect(text.length).toBeLessThan(4_000)
  const long = { token: 'x'.repeat(17_000) }
  expect((await it.ask('POST', '/invitations', { body: long })).status).toBe(413)
  let last = 0
  for (let n = 0; n < 30 && last !== 429; n++)
    last = (await it.ask('POST', '/invitations', { body: {} })).status
  expect(last).toBe(429)
  const refused = await it.ask('POST', '/set-up', { body: {} })
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
})

test('a session beside another credential does not leave out the question of the origin', async () => {
  const headers = { authorization: 'Basic YTpi', origin: 'https://evil.example' }
  const answer = await it.ask('POST', schedules, { as: it.ben, body: schedule, headers })
  expect(answer.status).toBe(403)
})

test.each([
  ['a context with a key twice', { context: '{"a":1,"a":2}' }, 'context'],
  ['a context with NUL', { context: '{"a":"\\u0000"}' }, 'context'],
  ['a name that nobody sees', { name: '\u200b\u200d' }, 'name'],
  ['a pattern of two lines', { cronExpression: '0 9\n* * *' }, 'cronExpression'],
  ['a pattern with a no-break space', { cronExpression: '0\u00a09 * * *' }, 'cronExpression'],
])('%s is refused', async (_what, change, path) => {
  const { status, body } = await it.ask('POST', schedules, { as: it.ben, body: { ...schedule, ...change } })
  expect([status, (body.errors as { path: string }[])[0]?.path]).toEqual([422, path])
})

test('zones are kept as they are written everywhere, and a harmless key is taken', async () => {
  const made = await it.ask('POST', schedules, {
    as: it.ben,
    body: { ...schedule, timezone: 'america/new_york' },
  })
  expect(made.body.schedule).toMatchObject({ timezone: 'America/New_York' })
  expect(Context.parse({ prototype: 1 })).toEqual({ prototype: 1 })
})

test('secrets of a context are read by nobody, not in the database either, and kept by an edit', async () => {
  const context = { url: 'https://example.com', headers: { Authorization: 'Bearer canary-0123' } }
  const body = { ...schedule, agentId: 'webhook-caller', context }
  const made = await it.ask('POST', schedules, { as: it.ben, body })
  expect(made.text).not.toContain('canary')
  const { id, context: shown } = made.body.schedule as { id: number; context: object }
  expect(shown).toMatchObject({ headers: { Authorization: '•••' } })
  const edited = await it.ask('PUT', `${schedules}/${id}`, {
    as: it.ben,
    body: { context: { ...shown, url: 'https://example.org' } },
  })
  expect(edited.status).toBe(200)
  const run = await it.ask('POST', `${schedules}/${id}/run`, { as: it.ben, body: { context: shown } })
  expect(run.status).toBe(202)
  const executionId = (run.body.execution as { id: number }).id
  const detail = await it.ask('GET', `/workspace/demo/executions/${executionId}`, { as: it.ben })
  expect(detail.text).not.toMatch(/canary|sealed/)
  const { q, t } = it.carillon.store
  const rows = [
    await q.select().from(t.triggers),
    await q.select().from(t.triggerRevisions),
    await q.select().from(t.executions),
  ]
  expect(JSON.stringify(rows)).not.toContain('canary')
  expect(JSON.stringify(rows[0])).toContain('https://example.org')
})

test('a text that pretends to be sealed is refused, at every door', async () => {
  const context = { url: 'https://example.com', headers: { Authorization: 'sealed:v1:eHh4' } }
  const body = { ...schedule, agentId: 'webhook-caller', context: { url: 'https://example.com' } }
  const made = await it.ask('POST', schedules, { as: it.ben, body })
  const path = `${schedules}/${(made.body.schedule as { id: number }).id}`
  for (const answer of [
    await it.ask('POST', schedules, { as: it.ben, body: { ...body, context } }),
    await it.ask('PUT', path, { as: it.ben, body: { context } }),
    await it.ask('POST', `${path}/run`, { as: it.ben, body: { context } }),
  ])
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'context.headers.Authorization' }] },
    })
})

test('whoever asks too often waits, and nobody else does', async () => {
  const body = { trigger: schedule, from: '2027-03-01T00:00:00Z', to: '2027-03-02T00:00:00Z' }
  const ask = async (as: string) =>
    (await it.ask('POST', '/workspace/demo/triggers/simulate', { as, body })).status
  for (let n = 0; n < 60; n++) expect(await ask(it.ben)).toBe(200)
  expect(await ask(it.ben)).toBe(429)
  expect(await ask(it.ada)).toBe(200)
})

test('what a schedule would do is told, and nothing is written', async () => {
  const ask = (trigger: object, more = {}) =>
    it.ask('POST', '/workspace/demo/triggers/simulate', {
      as: it.ben,
      body: { trigger, from: '2027-03-01T00:00:00Z', to: '2027-03-07T23:00:00Z', ...more },
    })
  const answer = await ask({ ...schedule, cronExpression: '0 9 * * 1-5' }, { assumeSeconds: 60 })
  expect(answer.body).toMatchObject({ counts: { ran: 5 }, basis: 'none', truncated: false })
  expect((await it.ask('GET', schedules, { as: it.ben })).body.schedules).toEqual([])
  const refused = await ask({ ...schedule, cronExpression: '* * * * * *' })
  expect(refused.body).toMatchObject({ status: 422, errors: [{ path: 'trigger.cronExpression' }] })
  expect((await ask(schedule, { to: '2029-03-01T00:00:00Z' })).status).toBe(422)
})

test('a query called __proto__ is one that is not known', async () => {
  expect((await it.ask('GET', `${schedules}?__proto__=1`, { as: it.ben })).status).toBe(422)
})

test('an edit of a state that is no longer there is refused, and says who changed it', async () => {
  const made = await it.ask('POST', schedules, { as: it.ben, body: schedule })
  const path = `${schedules}/${(made.body.schedule as { id: number }).id}`
  const edit = (body: object, headers: Record<string, string> = {}) =>
    it.ask('PUT', path, { as: it.ada, body, headers })
  expect((await it.ask('GET', path, { as: it.ada })).headers.get('etag')).toBe('"1"')
  expect((await it.ask('PUT', path, { as: it.ben, body: { name: 'News' } })).headers.get('etag')).toBe('"2"')
  const says = expect.stringMatching(/^Ben changed this schedule at .*Z; it is at revision 2 now\./)
  expect(await edit({ name: 'Old', revision: 1 })).toMatchObject({
    status: 409,
    body: {
      detail: says,
      meanwhile: { what: 'this schedule', by: 'Ben', at: expect.stringMatching(/Z$/), revision: 2 },
    },
  })
  for (const tag of ['"1"', 'W/"2"', '"of somewhere else"'])
    expect(await edit({ name: 'Old' }, { 'if-match': tag })).toMatchObject({
      status: 412,
      body: { detail: says },
    })
  expect((await edit({ name: 'Newer' }, { 'if-match': '"1", "2"' })).status).toBe(200)
  expect((await edit({ name: 'Newest', revision: 3 }, { 'if-match': '*' })).body.schedule).toMatchObject({
    name: 'Newest',
    revision: 4,
  })
})

test('what is wrong with a body is said field by field', async () => {
  const { status, body, headers } = await it.ask('POST', schedules, {
    as: it.ben,
    body: { name: '', cronExpression: '0 9 * * *' },
  })
  expect(status).toBe(422)
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(body.errors).toEqual(
    expect.arrayContaining([
      { path: 'name', message: 'must not be empty' },
      { path: 'agentId', message: 'is needed' },
    ]),
  )
})

test.each([
  ['text that is no JSON', '{', {}, 400],
  ['a duplicate key', '{"text":"a","text":"b"}', {}, 400],
  ['a key that names the prototype', '{"text":"a","__proto__":{"x":1}}', {}, 400],
  ['a form', 'text=a', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['plain text', '{"text":"a"}', { 'content-type': 'text/plain' }, 415],
  ['another site', '{"text":"a"}', { origin: 'https://evil.example' }, 403],
  ['another host', '{"text":"a"}', { host: 'evil.example' }, 400],
  ['ten megabytes', JSON.stringify({ text: 'a'.repeat(10_000_000) }), {}, 413],
])('a message sent as %s is refused', async (_what, text, headers, status) => {
  const answer = await it.ask('POST', '/workspace/demo/messages', {
    as: it.ben,
    text,
    headers: headers as Record<string, string>,
  })
  expect(answer.status).toBe(status)
  expect((await it.ask('GET', '/workspace/demo/messages', { as: it.ben })).body.messages).toEqual([])
})

test('a context ten thousand levels deep, or with a hundred thousand keys, is refused without an overflow', async () => {
  const deep = `{"name":"x","agentId":"test-agent","cronExpression":"0 9 * * *","context":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`
  expect((await it.ask('POST', schedules, { as: it.ben, text: deep })).status).toBe(400)
  const wide = {
    ...schedule,
    context: Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`k${n}`, n])),
  }
  expect((await it.ask('POST', schedules, { as: it.ben, body: wide })).status).toBe(422)
})

test('text that means something to a database is only text', async () => {
  await it.ask('POST', '/workspace/demo/messages', { as: it.ben, body: { text: 'a "quoted" word' } })
  for (const q of ['"', '"*', "' or 1=1 --", 'NEAR(', 'text: a', '*', 'a AND', '%', '\\', '-']) {
    const { status } = await it.ask('GET', `/workspace/demo/messages?q=${encodeURIComponent(q)}`, {
      as: it.ben,
    })
    expect([q, status]).toEqual([q, 200])
  }
  expect((await it.ask('GET', '/workspace/demo/messages?q=%00', { as: it.ben })).status).toBe(422)
  expect((await it.ask('GET', '/workspace/demo/messages?limit=1&limit=2', { as: it.ben })).status).toBe(422)
  expect((await it.ask('GET', '/workspace/demo/executions?cursor=nonsense', { as: it.ben })).status).toBe(400)
  expect((await it.ask('GET', '/workspace/demo/messages?__proto__=1', { as: it.ben })).status).toBe(422)
})

test('a request that is sent again under one key is performed once', async () => {
  const headers = { 'idempotency-key': 'a1' }
  const first = await it.ask('POST', schedules, { as: it.ben, body: schedule, headers })
  const again = await it.ask('POST', schedules, { as: it.ben, body: schedule, headers })
  expect([again.status, again.text]).toEqual([201, first.text])
  expect([first.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')]).toEqual([
    null,
    'true',
  ])
  expect(
    (await it.ask('POST', schedules, { as: it.ben, body: { ...schedule, name: 'Other' }, headers })).status,
  ).toBe(422)
  expect((await it.ask('POST', schedules, { as: it.ada, body: schedule, headers })).status).toBe(201)
  expect(((await it.ask('GET', schedules, { as: it.ben })).body.schedules as unknown[]).length).toBe(2)
})

test('two requests with one key at the same moment are performed once', async () => {
  const send = () =>
    it.ask('POST', '/workspace/demo/messages', {
      as: it.ben,
      body: { text: 'once' },
      headers: { 'idempotency-key': 'm1' },
    })
  const answers = await Promise.all([send(), send(), send()])
  expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([])
  expect(
    ((await it.ask('GET', '/workspace/demo/messages', { as: it.ben })).body.messages as unknown[]).length,
  ).toBe(1)
})

test('what failed may be tried again under its key', async () => {
  const headers = { 'idempotency-key': 'r1' }
  expect((await it.ask('POST', `${schedules}/1/run`, { as: it.ben, headers })).status).toBe(404)
  await it.ask('POST', schedules, { as: it.ben, body: schedule })
  expect((await it.ask('POST', `${schedules}/1/run`, { as: it.ben, headers })).status).toBe(202)
})

test('a key that is shown once is shown again to its maker, and lies sealed in between', async () => {
  const make = () =>
    it.ask('POST', '/api-keys', {
      as: it.ada,
      body: { name: 'script', workspace: 'demo' },
      headers: { 'idempotency-key': 'k1' },
    })
  const [first, again] = [await make(), await make()]
  expect(again.body.key).toBe(first.body.key)
  const { store } = it.carillon
  const kept = JSON.stringify(await store.q.select().from(store.t.idempotencyKeys))
  expect(kept).not.toContain(String(first.body.key))
})

test('a wrong method and an unknown address answer as problems', async () => {
  const wrong = await it.ask('DELETE', '/health')
  expect([wrong.status, wrong.headers.get('allow'), wrong.headers.get('content-type')]).toEqual([
    405,
    'GET',
    'application/problem+json',
  ])
  expect((await it.ask('GET', '/nothing/here')).status).toBe(404)
  expect((await it.ask('GET', '/auth/sign-up/email')).status).toBe(404)
  expect((await it.ask('GET', '/auth/sign-in/email')).status).toBe(405)
})

test('the metrics are for this machine, for the bearer of the token and for administrators', async () => {
  const read = (asking: Parameters<World['ask']>[2]) =>
    it.ask('GET', '/metrics', asking).then(({ status }) => status)
  expect(await read({})).toBe(401)
  expect(await read({ headers: { 'x-carillon-client': '127.0.0.1' } })).toBe(200)
  expect(await read({ headers: { 'x-carillon-client': 'via 127.0.0.1' } })).toBe(401)
  expect(await read({ as: it.ben })).toBe(403)
  expect(await read({ as: it.root })).toBe(200)
  await it.close()
  it = await world({ METRICS_TOKEN: 'a token for metrics' })
  expect(await read({ headers: { 'x-carillon-client': '127.0.0.1' } })).toBe(401)
  expect(await read({ as: 'Bearer a token for metrics' })).toBe(401)
  await it.close()
  it = await world({ METRICS_TOKEN: 'metrics-token' })
  expect(await read({ as: 'Bearer metrics-token' })).toBe(200)
})

test('a bug is told by a reference only, and an unusable database as such', async () => {
  const { triggers, store } = it.carillon
  Object.assign(triggers, { get: () => Promise.reject(new Error(`secret ${PASSWORD}`)) })
  const broken = await it.ask('GET', `${schedules}/1`, { as: it.ben })
  expect(broken.status).toBe(500)
  expect(broken.text).not.toContain(PASSWORD)
  const [reference] = /[0-9a-f]{8}/.exec(String(broken.body.detail)) ?? []
  expect(it.log.some((line) => line.includes(String(reference)))).toBe(true)
  const away = Object.assign(new Error('busy'), { name: 'StoreUnavailable' })
  // As it is, and as drizzle's builder says it.
  for (const error of [away, new Error('Failed query: select 1', { cause: away })]) {
    Object.assign(triggers, { get: () => Promise.reject(error) })
    const answer = await it.ask('GET', `${schedules}/1`, { as: it.ben })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  }
  expect(store.dialect).toBe('sqlite')
})

test('somebody who is removed is outside with the next request', async () => {
  const { id } = (await it.ask('GET', '/me', { as: it.ben })).body
  expect((await it.ask('DELETE', `/workspace/demo/members/${id}`, { as: it.ada })).status).toBe(200)
  expect((await it.ask('GET', '/workspace/demo', { as: it.ben })).status).toBe(404)
})
