/**
 * The whole server under attack, over its real port. Whatever is sent: an
 * answer below 500, a process that lives, and nothing secret in what it says
 * or logs. What one module refuses by itself is tested beside that module.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADA, apiKey, call, type Served, serve, until } from './fixtures/serve.ts'

const SCHEDULES = '/workspace/my-workspace/agent-schedules'
const CANARY = 'canary-of-the-workspace'
const schedule = { name: 'Digest', agentId: 'test-agent', cronExpression: '0 9 * * *' }

let it: Served
let port: number
let key: string
let cleo: string
/** Stands for everything inside the network: whoever connects has got past the guard. */
let inside: Server
let intruders = 0
const broken: string[] = []

beforeAll(async () => {
  inside = createServer((_request, response) => {
    response.end(CANARY)
  })
    .on('connection', () => {
      intruders++
    })
    .listen(0, '127.0.0.1')
  await once(inside, 'listening')
  it = await serve({ LOG_LEVEL: 'debug', METRICS_TOKEN: 'a-metrics-canary' })
  port = Number(new URL(it.url).port)
  key = (await apiKey(it, '--role', 'admin')).trim()
  await call(it, key, 'POST', '/workspace/my-workspace/messages', { text: CANARY })
  await call(it, key, 'POST', '/workspaces', { name: 'Other', slug: 'other' })
  const { body } = await call<{ link: string }>(it, key, 'POST', '/workspace/other/members', {
    email: 'cleo@example.com',
    role: 'admin',
  })
  await call(it, key, 'POST', '/invitations', {
    token: new URL(body.link).searchParams.get('token'),
    name: 'Cleo',
    password: ADA.password,
  })
  cleo = await signIn('cleo@example.com')
})
afterAll(async () => {
  inside.close()
  await it.end('SIGTERM')
  it.remove()
})

async function ask(
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string | FormData } = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(it.url + path, {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body }),
  })
  if (response.status >= 500) broken.push(`${method} ${path}: ${response.status}`)
  return { status: response.status, text: await response.text(), headers: response.headers }
}
const api = (method: string, path: string, body?: unknown) =>
  ask(method, `/api${path}`, {
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
async function signIn(email: string, password = ADA.password): Promise<string> {
  const { headers } = await ask('POST', '/api/auth/sign-in/email', {
    headers: { 'content-type': 'application/json', origin: it.url },
    body: JSON.stringify({ email, password }),
  })
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

/**
 * Says exactly these bytes. `reset`: breaks the connection
 * off once the first byte of an answer, or nothing, came.
 */
function raw(text: string, { reset = false } = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (it) => {
      answer += it
      if (answer.includes('\r\n\r\n')) socket.destroy()
    })
    socket.on('error', () => socket.destroy())
    socket.setTimeout(10_000, () => socket.destroy())
    socket.on('close', () => resolve(answer))
    socket.write(text, () => {
      if (reset) setImmediate(() => socket.resetAndDestroy())
    })
  })
}
const upgrade = (path: string, headers: string[] = []) =>
  [
    `GET ${path} HTTP/1.1`,
    ...(headers.some((it) => it.startsWith('Host')) ? [] : [`Host: localhost:${port}`]),
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
    '',
    '',
  ].join('\r\n')
const statusOf = (answer: string) => Number(answer.split(' ')[1])

test.each([
  ['http://169.254.169.254/latest/', [], 400],
  ['http://169.254.169.254/socket.io/?EIO=4&transport=websocket', [], 400],
  ['/', ['Host: 169.254.169.254'], 400],
  ['/socket.io/?EIO=4&transport=websocket', ['Host: evil.example'], 400],
  ['/socket.io/?EIO=4&transport=websocket', ['Origin: https://evil.example'], 400],
  ['/socket.io', [], 404],
  ['//socket.io/', [], 404],
  ['/_next/webpack-hmr', [], 404],
  ['/api/health', [], 404],
])('an upgrade to %s with %j is refused', async (path, headers, status) => {
  expect(statusOf(await raw(upgrade(path, headers)))).toBe(status)
})

test('answers of the API travel compressed to who takes it, and only to them', async () => {
  const packed = await call(it, key, 'GET', '/openapi.json', undefined, { 'accept-encoding': 'gzip' })
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  expect(packed.headers.get('vary')).toMatch(/accept-encoding/i)
  const plain = await call(it, key, 'GET', '/openapi.json', undefined, { 'accept-encoding': 'identity' })
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(packed.body).toEqual(plain.body)
})

test('connections that are reset at the worst moment end nothing', async () => {
  for (const path of [
    '/',
    '/x',
    '/socket.io/?EIO=4&transport=websocket',
    '/api/health',
    'http://169.254.169.254/',
  ]) {
    for (let n = 0; n < 10; n++) {
      await raw(upgrade(path), { reset: true })
      await raw(
        `POST ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":`,
        { reset: true },
      )
    }
  }
  expect((await ask('GET', '/api/health')).status).toBe(200)
})

test('who is not a member gets nothing of a workspace through any door of the web framework', async () => {
  const mine = await ask('GET', '/w/my-workspace', { headers: { cookie: await signIn(ADA.email) } })
  expect([mine.status, mine.text.includes('My Workspace')]).toEqual([200, true])
  const paths = [
    '/w/my-workspace',
    '/w/my-workspace.rsc',
    '/w/my-workspace/schedules.rsc',
    '/w/my-workspace?_rsc=1',
    '/w/my-workspace.segments/_tree.segment.rsc',
    '/w/my-workspace.segments/w.segment.rsc',
    '/_next/data/x/w/my-workspace.json',
  ]
  const tricks: Record<string, string>[] = [
    {},
    { rsc: '1' },
    { rsc: '1', 'next-router-prefetch': '1' },
    { rsc: '1', 'next-router-prefetch': '2', 'next-router-segment-prefetch': '/_tree' },
    { rsc: '1', 'next-router-state-tree': '%5B%22%22%2C%7B%7D%5D' },
    { 'x-middleware-subrequest': 'middleware:middleware:middleware' },
    { 'x-matched-path': '/w/my-workspace' },
    { 'x-nextjs-data': '1' },
    { 'x-carillon-client': '127.0.0.1', 'x-carillon-path': '//evil.example' },
    { 'x-forwarded-host': 'evil.example' },
  ]
  for (const cookie of ['', cleo]) {
    for (const path of paths) {
      for (const headers of tricks) {
        const { text, headers: answered } = await ask('GET', path, {
          headers: { ...headers, ...(cookie && { cookie }) },
        })
        expect([path, headers, text.includes('My Workspace') || text.includes(CANARY)]).toEqual([
          path,
          headers,
          false,
        ])
        expect(answered.get('location') ?? '').not.toContain('evil')
      }
    }
  }
})

test('there are no server actions, no image proxy and no other way to make pages act', async () => {
  const form = new FormData()
  form.set('$ACTION_ID_x', '1')
  expect(
    (await ask('POST', '/sign-in', { headers: { 'next-action': '7f'.repeat(21) }, body: '[]' })).status,
  ).toBe(400)
  expect((await ask('POST', '/w/my-workspace', { body: form })).status).toBe(400)
  for (const url of [
    'http://169.254.169.254/',
    `http://127.0.0.1:${(inside.address() as AddressInfo).port}/`,
    '//evil.example/x.png',
    '/api/health',
  ]) {
    expect([url, (await ask('GET', `/_next/image?url=${encodeURIComponent(url)}&w=64&q=75`)).status]).toEqual(
      [url, 404],
    )
  }
})

test.each([
  '//evil.example',
  '///evil.example/',
  '/\\evil.example',
  '//evil.example/%2e%2e',
  '/sign-in?next=//evil.example',
  '/%zz',
  '/%ff',
  '/%00',
  '/..%2f..%2fetc/passwd',
  '/_next/static/%2e%2e/%2e%2e/package.json',
  '/api/workspace/%zz',
  '/api//health',
  '/api/auth//sign-up/email',
])('the path %s leads neither away nor out', async (path) => {
  const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`)
  expect(statusOf(answer)).toBeLessThan(500)
  expect(/^location: (?!\/(?![/\\]))/im.exec(answer)).toBeNull()
  expect(answer).not.toContain('"dependencies"')
})

test('another site, a form and a second credential change nothing', async () => {
  const ada = await signIn(ADA.email)
  const text = JSON.stringify({ text: 'from elsewhere' })
  const json = { 'content-type': 'application/json' }
  const post = (headers: Record<string, string>, body: string | FormData = text) =>
    ask('POST', '/api/workspace/my-workspace/messages', { headers, body }).then(({ status }) => status)
  expect(await post({ cookie: ada, ...json })).toBe(403)
  expect(await post({ cookie: ada, ...json, origin: 'https://evil.example' })).toBe(403)
  expect(await post({ cookie: ada, ...json, origin: 'null' })).toBe(403)
  expect(await post({ cookie: ada, origin: it.url, 'content-type': 'text/plain' })).toBe(415)
  expect(
    await post(
      { cookie: ada, origin: it.url, 'content-type': 'application/x-www-form-urlencoded' },
      'text=x',
    ),
  ).toBe(415)
  expect(await post({ cookie: ada, origin: it.url, ...json, authorization: `Bearer ${key}` })).toBe(400)
  for (const headers of [
    { 'x-api-key': key },
    { cookie: `token=${key}`, origin: it.url },
    { authorization: key },
    { authorization: `Basic ${key}` },
  ] as Record<string, string>[])
    expect(await post({ ...headers, ...json })).toBe(401)
  expect((await ask('GET', `/api/me?token=${key}`)).status).toBe(401)
  const { body } = await call<{ messages: { text: string }[] }>(
    it,
    key,
    'GET',
    '/workspace/my-workspace/messages',
  )
  expect(body.messages.map((one) => one.text)).toEqual([CANARY])
})

test('guessing passwords is stopped, whatever address the guesser claims', async () => {
  const statuses = []
  for (let n = 0; n < 12; n++) {
    const headers = {
      'content-type': 'application/json',
      origin: it.url,
      'x-forwarded-for': `203.0.113.${n}`,
      'x-carillon-client': `203.0.113.${n}`,
    }
    statuses.push(
      (
        await ask('POST', '/api/auth/sign-in/email', {
          headers,
          body: JSON.stringify({ email: 'nobody@example.com', password: `guess ${n}` }),
        })
      ).status,
    )
  }
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
  const metrics = (headers: Record<string, string>) =>
    ask('GET', '/api/metrics', { headers }).then(({ status }) => status)
  expect([
    await metrics({}),
    await metrics({ 'x-carillon-client': '127.0.0.1' }),
    await metrics({ authorization: 'Bearer a-metrics-canary' }),
  ]).toEqual([401, 401, 200])
})

test.each(
  [
    ...[
      '* * * * * *',
      '@every_second',
      '2030-01-01T00:00:00Z',
      '0 0 30 2 *',
      '0 0 31 4,6,9,11 *',
      '60 * * * *',
      '@reboot',
      '',
      ' '.repeat(1_000_000),
      Array(100_000).fill('1').join(','),
      '0 9 * * * *',
      '0 22-2 * * *',
    ].map((cronExpression) => ({ cronExpression })),
    ...[
      'EST',
      'PST',
      'IST',
      'BST',
      '',
      '+05:00',
      'Mars/Phobos',
      '../../etc/localtime',
      'x'.repeat(100_000),
    ].map((timezone) => ({ timezone })),
    { startsAt: '9999-01-01T00:00:00Z' },
    { startsAt: '1969-12-31T00:00:00Z' },
    { startsAt: '2030-01-02T00:00:00Z', endsAt: '2030-01-01T00:00:00Z' },
    { endsAt: 'tomorrow' },
    { startsAt: '2030-01-01 09:00' },
    { kind: 'interval', cronExpression: undefined, everySeconds: 1 },
    { kind: 'interval', cronExpression: undefined, everySeconds: 60, timezone: 'Mars/Phobos' },
    { kind: 'once', cronExpression: undefined, at: '2001-01-01T00:00:00Z' },
    { workspaceId: 2 },
    { createdBy: 'x' },
    { nextRunAt: '2030-01-01T00:00:00Z' },
    { role: 'admin' },
    { leaseUntil: 1 },
    { id: 1 },
    { constructor: { prototype: {} } },
    { retries: 1e9 },
    { timeoutSeconds: 0 },
    { priority: 0.5 },
    { name: 'a\r\nb' },
    { name: '' },
    { name: 'x'.repeat(10_000) },
    { agentId: 'nobody' },
    { agentType: 'imported', agentId: 'no-such-skill' },
    { context: 'not json' },
    { context: '[1]' },
    { context: { text: 'x'.repeat(70_000) } },
    { context: Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`key${n}`, n])) },
    { context: { constructor: 1 } },
  ].map((change: object) => [JSON.stringify(change).slice(0, 60), change] as const),
)('a schedule with %s is refused with what is wrong', async (_what, change) => {
  const { status, text } = await api('POST', SCHEDULES, { ...schedule, ...change })
  expect([status, text.slice(0, 1000)]).toEqual([422, expect.stringContaining('"errors"')])
})

test.each([
  ['ten megabytes', JSON.stringify({ ...schedule, context: 'x'.repeat(10_000_000) }), 413],
  ['a depth of 10,000', `{"name":"x","context":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`, 400],
  ['a list of a million', `{"context":[${'1,'.repeat(400_000)}1]}`, 422],
  ['a duplicate key', '{"name":"a","name":"b"}', 400],
  ['a byte order mark', '\ufeff{}', 400],
  ['a number beyond 2^53', '{"priority":9007199254740993}', 400],
  ['a lone surrogate', '{"name":"\\ud800"}', 400],
  ['the prototype', '{"__proto__":{"x":1}}', 400],
])('a body with %s is refused', async (_what, body, status) => {
  expect((await api('POST', SCHEDULES, body)).status).toBe(status)
})

test('one id has one reading', async () => {
  const { body } = await call<{ schedule: { id: number } }>(it, key, 'POST', SCHEDULES, schedule)
  const { id } = body.schedule
  for (const other of [
    `0${id}`,
    `${id}e0`,
    `%20${id}`,
    `+${id}`,
    `${id}.0`,
    `-${id}`,
    `0x${id}`,
    '9'.repeat(30),
    `${id}%00`,
  ])
    expect([other, (await api('GET', `${SCHEDULES}/${other}`)).status]).toEqual([other, 422])
  expect((await api('GET', `${SCHEDULES}/${id}/preview?viewerTimezone=Mars/Phobos`)).status).toBe(422)
  expect((await api('GET', `${SCHEDULES}/${id}/preview?count=100000`)).status).toBe(422)
  expect((await api('POST', '/cron/preview', { cronExpression: '* * * * *', count: 100_000 })).status).toBe(
    422,
  )
  expect(
    (await api('POST', '/cron/preview', { cronExpression: '0 9 * * *', timezone: 'Asia/Kathmandu' })).status,
  ).toBe(200)
})

const target = () => (inside.address() as AddressInfo).port
const INSIDE = [
  ...[
    '127.0.0.1',
    '0',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[fd00::1]',
    '[fe80::1]',
    '10.0.0.1',
    '192.168.0.1',
    '169.254.169.254',
    'metadata.google.internal',
    '168.63.129.16',
    '[fd00:ec2::254]',
    'good.example@127.0.0.1',
    '127。0。0。1',
    '１２７.0.0.1',
    '127.0.0.1%00.example',
  ].map((host) => `http://${host}:PORT/`),
  'http://127.0.0.1:PORT\\@example.com/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:PORT/',
  'ftp://127.0.0.1/',
]

test.each(INSIDE)(
  'the webhook agent is not sent to %s: not when it is planned, not when it runs',
  async (address) => {
    const url = address.replace('PORT', String(target()))
    const { status } = await api('POST', SCHEDULES, {
      ...schedule,
      agentId: 'webhook-caller',
      context: { url },
    })
    expect(status).toBe(422)
  },
)

test('what plain SQL has planned is judged when it runs, by the address that a name leads to', async () => {
  const db = new Database(join(it.dataDir, 'carillon.db'))
  const insert = db.prepare(
    `insert into agent_schedules (agent_id, workspace_id, name, cron_expression, enabled, context) values ('webhook-caller', 1, ?, '0 9 * * *', 0, ?)`,
  )
  for (const [n, address] of [
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
  ].entries())
    insert.run(`inside ${n}`, JSON.stringify({ url: address.replace('PORT', String(target())) }))
  insert.run('no json', 'not json')
  const ids = db
    .prepare(`select id from triggers where agent_id = 'webhook-caller' order by id`)
    .pluck()
    .all() as number[]
  db.close()
  expect(ids).toHaveLength(4)
  for (const id of ids) expect((await api('POST', `${SCHEDULES}/${id}/run`)).status).toBe(202)
  const runs = async () =>
    (
      await call<{ executions: { triggerId: number; status: string; error: string }[] }>(
        it,
        key,
        'GET',
        '/workspace/my-workspace/executions',
      )
    ).body.executions.filter((one) => ids.includes(one.triggerId))
  await until(async () => (await runs()).every((one) => one.status === 'failed'), 'the runs to fail')
  expect((await runs()).map((one) => one.error).filter((error) => error.includes(CANARY))).toEqual([])
  expect(intruders).toBe(0)
})

test('rows that plain SQL made badly answer like others, at every door', async () => {
  const db = new Database(join(it.dataDir, 'carillon.db'))
  const insert = db.prepare(
    `insert into agent_schedules (agent_id, agent_type, workspace_id, name, cron_expression, timezone, enabled, context) values ('test-agent', @type, 1, 'bad', @cron, @zone, @on, @context)`,
  )
  const good = { type: 'system', cron: '0 9 * * *', zone: 'UTC', on: 1, context: '{}' }
  const ids = [
    { cron: 'zz' },
    { cron: null },
    { zone: 'Mars' },
    { zone: 'Mars', cron: 'zz', on: 0 },
    { context: '[' },
    { context: '[1]' },
    { type: 'odd' },
  ].map((change) =>
    Number(insert.run({ ...good, ...change }) && db.prepare('select max(id) from triggers').pluck().get()),
  )
  db.close()
  const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-03T00:00:00Z', dryRun: true }
  for (const id of ids) {
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/preview'],
      ['GET', '/stats'],
      ['POST', '/run', {}],
      ['POST', '/backfill', range],
      ['PUT', '', { name: 'y' }],
      ['POST', '/toggle', { enabled: false }],
      ['POST', '/toggle', { enabled: true }],
    ] as const) {
      expect([method, path, (await api(method, `${SCHEDULES}/${id}${path}`, body)).status]).toEqual([
        method,
        path,
        expect.toSatisfy((status: number) => status < 500),
      ])
    }
  }
  const waiting = async () =>
    (
      await call<{ executions: unknown[] }>(
        it,
        key,
        'GET',
        '/workspace/my-workspace/executions?status=running',
      )
    ).body.executions.length +
    (
      await call<{ executions: unknown[] }>(
        it,
        key,
        'GET',
        '/workspace/my-workspace/executions?status=queued',
      )
    ).body.executions.length
  await until(async () => (await waiting()) === 0, 'every run to end')
  expect((await api('GET', SCHEDULES)).status).toBe(200)
})

test('after all this the server is well, nothing broke, and its log is JSON without a secret', async () => {
  for (const name of [
    '\u202egnp.exe',
    'zero\u200bwidth',
    '=cmd|calc',
    '👩‍👩‍👧‍👦'.repeat(10),
    '<img src=x onerror=alert(1)>',
  ]) {
    const { status, text } = await api('POST', SCHEDULES, { ...schedule, name })
    expect([name, status, (JSON.parse(text) as { schedule: { name: string } }).schedule.name]).toEqual([
      name,
      201,
      name,
    ])
  }
  expect(broken).toEqual([])
  expect(it.process.exitCode).toBeNull()
  expect(intruders).toBe(0)
  const { status, text } = await ask('GET', '/api/health')
  expect([status, JSON.parse(text)]).toEqual([200, expect.objectContaining({ status: 'ok', problems: [] })])
  const log = it.log()
  for (const secret of [key, key.slice(12), ADA.password, 'a-metrics-canary', cleo.split('=')[1] ?? ''])
    expect(log).not.toContain(secret)
  const lines = log.split('\n').filter((line) => line.startsWith('{'))
  expect(
    lines.map((line) => (JSON.parse(line) as { level: string }).level).filter((level) => level === 'fatal'),
  ).toEqual([])
  expect(lines.length).toBeGreaterThan(0)
})
