/** What holds for every endpoint, read from the table: a new line in it is tested by being there. */
import { createECDH } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Access, api, type Endpoint } from '#lib/contract/api.ts'
import { Role } from '#lib/contract/fields.ts'
import { archive } from '../agents/imported/testing/archive.ts'
import { openapi } from './openapi.ts'
import { type World, routeFiles, world } from './testing/world.ts'

const endpoints = Object.entries<Endpoint>(api).map(([name, endpoint]) => ({ name, ...endpoint }))
/** Addresses that carry something else than the table's JSON. */
const APART = ['/[[...path]]', '/auth/[...all]', '/metrics', '/openapi.json']

let it: World
/** What demo has, so that other workspaces can try to reach it by id. */
let ids: {
  trigger: number
  execution: number
  document: number
  invitation: number
  member: string
  key: number
  provider: number
  shared: number
  mcp: number
  source: number
  skill: number
  calendar: number
  feed: number
  approval: number
  webhook: number
  channel: number
  rule: number
  delivery: number
  incident: number
  message: number
  proposal: number
  event: number
  /** Of who administers the installation. */
  own: number
  browser: number
}

const schedule = { name: 'Digest', agentId: 'test-agent', cronExpression: '0 9 * * *', timezone: 'UTC' }
const provider = { name: 'Local', kind: 'openai-compatible', baseUrl: 'https://models.example.com/v1' }
const mcp = { name: 'Tools', transport: 'http', url: 'https://mcp.example.com/mcp', enabled: false }
const source = { name: 'News', kind: 'feed', config: { url: 'http://news.invalid/feed' } }
const zip = archive([
  { name: 'SKILL.md', content: '---\nname: tone\ndescription: How we write.\n---\nBe kind.' },
])
const channel = { kind: 'ntfy', name: 'Phone', config: { topic: 'alarms' } }
const key = createECDH('prime256v1')
key.generateKeys()
const browser = {
  name: 'Firefox',
  subscription: {
    endpoint: 'https://push.example.com/x',
    keys: { p256dh: key.getPublicKey('base64url'), auth: 'A'.repeat(22) },
  },
}
const mail = { host: 'mail.example.com', from: 'carillon@example.com' }
const agent = { name: 'Scout', instructions: 'Look around.' }
const idOf = (body: Record<string, unknown>, noun: string) => (body[noun] as { id: number }).id

beforeAll(async () => {
  it = await world()
  const made = async (path: string, noun: string, body: unknown) =>
    idOf((await it.ask('POST', path, { as: it.ada, body })).body, noun)
  const trigger = await made('/workspace/demo/agent-schedules', 'schedule', schedule)
  ids = {
    trigger,
    execution: await made(`/workspace/demo/agent-schedules/${trigger}/run`, 'execution', {}),
    document: await made('/workspace/demo/documents', 'document', { name: 'Notes', text: 'Words' }),
    invitation: await made('/workspace/demo/members', 'invitation', { email: 'dora@example.com' }),
    member: String((await it.ask('GET', '/me', { as: it.ben })).body.id),
    key: await made('/api-keys', 'apiKey', { name: 'script', workspace: 'demo' }),
    provider: await made('/workspace/demo/model-providers', 'provider', provider),
    mcp: await made('/workspace/demo/mcp-servers', 'mcpServer', mcp),
    source: await made('/workspace/demo/sources', 'source', source),
    calendar: await made('/workspace/demo/calendars', 'calendar', { name: 'Off', dates: ['2026-12-25'] }),
    skill: idOf(
      (
        await it.ask('POST', '/workspace/demo/skills', {
          as: it.ada,
          file: { type: 'application/zip', bytes: zip },
        })
      ).body,
      'skill',
    ),
    shared: idOf(
      (await it.ask('POST', '/model-providers', { as: it.root, body: provider })).body,
      'provider',
    ),
    approval: 0,
    webhook: 0,
    channel: await made('/workspace/demo/channels', 'channel', channel),
    message: await made('/workspace/demo/messages', 'message', { text: 'Hello' }),
    proposal: await made('/workspace/demo/proposals', 'proposal', BODIES.propose),
    event: await made('/workspace/demo/trigger-events', 'event', { type: 'custom.order', data: {} }),
    ...{ rule: 0, delivery: 0, incident: 0 },
    own: idOf((await it.ask('POST', '/me/channels', { as: it.root, body: channel })).body, 'channel'),
    browser: idOf((await it.ask('POST', '/me/push', { as: it.root, body: browser })).body, 'browser'),
    feed: idOf(
      (await it.ask('POST', '/me/calendar-feeds', { as: it.root, body: { slug: 'demo' } })).body,
      'feed',
    ),
  }
  ids.approval = await askedBy(ids.execution, ids.trigger)
  ids.webhook = await called()
  ids.rule = await made('/workspace/demo/delivery-rules', 'rule', { channelId: ids.channel, on: ['failure'] })
  Object.assign(ids, await toldOf(ids.execution, ids.trigger, ids.channel))
  await it.ask('POST', '/workspace/demo/agents', { as: it.ada, body: { ...agent, id: 'scout' } })
})
afterAll(() => it.close())

/** A webhook that was called once, under the id `order-7`. */
async function called(): Promise<number> {
  const webhook = { name: 'Orders', agentId: 'test-agent', kind: 'webhook', webhook: { scheme: 'token' } }
  const { body } = await it.ask('POST', '/workspace/demo/triggers', { as: it.ada, body: webhook })
  const { url, secret } = body.webhook as { url: string; secret: string }
  const headers = { authorization: `Bearer ${secret}`, 'idempotency-key': 'order-7' }
  await it.ask('POST', new URL(url).pathname.slice('/api'.length), { body: {}, headers })
  return idOf(body, 'trigger')
}

/** No engine runs here: what a run asks for is put where it would stand. */
async function askedBy(executionId: number, triggerId: number): Promise<number> {
  const { store, clock } = it.carillon
  const now = clock.now().getTime()
  const workspaceId = idOf((await it.ask('GET', '/workspace/demo', { as: it.ada })).body, 'workspace')
  const [row] = await store.q
    .insert(store.t.approvals)
    .values({
      ...{ workspaceId, executionId, triggerId, place: '1.1', kind: 'tool', summary: 'x', why: 'rule' },
      ...{ requestedAt: now, expiresAt: now + 60_000, onExpiry: 'fail' },
      ...{ requiredRole: 'editor', requireOther: false },
    })
    .returning()
  return row?.id as number
}

/** An incident of it, and a delivery that has been sent. */
async function toldOf(executionId: number, triggerId: number, channelId: number) {
  const { store, clock } = it.carillon
  const now = clock.now().getTime()
  const workspaceId = idOf((await it.ask('GET', '/workspace/demo', { as: it.ada })).body, 'workspace')
  const runs = { firstExecutionId: executionId, lastExecutionId: executionId }
  const [incident] = await store.q
    .insert(store.t.incidents)
    .values({ workspaceId, triggerId, cause: 'agent_error: x', firstAt: now, lastAt: now, ...runs })
    .returning()
  const message = JSON.stringify({
    title: 'Digest failed',
    text: 'x',
    event: 'failure',
    url: 'http://localhost',
  })
  const [delivery] = await store.q
    .insert(store.t.deliveries)
    .values({
      ...{ workspaceId, channelId, executionId, triggerId, channelName: 'Phone', facts: ',failure,' },
      ...{ status: 'sent', message, createdAt: now, updatedAt: now },
    })
    .returning()
  return { incident: incident?.id as number, delivery: delivery?.id as number }
}

const idFor = (path: string) => {
  if (path.includes('/executions/')) return ids.execution
  if (path.includes('/documents/')) return ids.document
  if (path.includes('/invitations/')) return ids.invitation
  if (path.startsWith('/api-keys/')) return ids.key
  if (path.includes('/model-providers/')) return ids.provider
  if (path.includes('/mcp-servers/')) return ids.mcp
  if (path.includes('/sources/')) return ids.source
  if (path.includes('/calendars/')) return ids.calendar
  if (path.includes('/skills/')) return ids.skill
  if (path.includes('/approvals/')) return ids.approval
  if (path.includes('/webhook')) return ids.webhook
  if (path.startsWith('/me/channels/')) return ids.own
  if (path.startsWith('/me/push/')) return ids.browser
  if (path.startsWith('/me/calendar-feeds/')) return ids.feed
  if (path.includes('/channels/')) return ids.channel
  if (path.includes('/delivery-rules/')) return ids.rule
  if (path.includes('/deliveries/')) return ids.delivery
  if (path.includes('/incidents/')) return ids.incident
  if (path.includes('/messages/')) return ids.message
  if (path.includes('/proposals/')) return ids.proposal
  if (path.includes('/trigger-events/')) return ids.event
  return ids.trigger
}
const fill = (path: string, slug: string, id: string | number = idFor(path), userId = ids.member) =>
  path
    .replace('{slug}', slug)
    .replace('{id}', String(id))
    .replace('{userId}', userId)
    .replace('{accountId}', userId)
    .replace('{sessionId}', 'none')
    .replace('{token}', 'none')
    .replace('{deliveryId}', 'order-7')
    .replace('{agentId}', 'scout')
    .replace('{n}', '1')
    .replace('{name}', 'TOKEN')
    .replace('{templateId}', 'daily-summary')
    .replace('{providerId}', String(ids.shared))
const RANGE = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', dryRun: true }
/** A body that the contract accepts, so that nothing but the caller is refused. */
const BODIES: Record<string, unknown> = {
  changeWorkspace: {},
  changeMe: {},
  loadDemo: {},
  invite: { email: 'eve@example.com' },
  changeMember: { role: 'viewer' },
  addDocument: { name: 'x', text: 'y' },
  changeDocument: { text: 'y' },
  createSchedule: schedule,
  createTrigger: schedule,
  changeSchedule: { name: 'x' },
  changeTrigger: { name: 'x' },
  restoreTriggerRevision: {},
  restoreAgentRevision: {},
  retryExecution: {},
  retryExecutions: {},
  cancelExecutions: {},
  toggleSchedule: {},
  toggleTrigger: {},
  runSchedule: {},
  runTrigger: {},
  postMessage: { text: 'hi' },
  markRead: { upTo: 1 },
  command: { text: '/help' },
  propose: { text: 'every day at 9 run the test agent' },
  confirmProposal: {},
  previewDraft: { trigger: schedule },
  tryDraft: { name: 'x', agentId: 'test-agent' },
  changeMessage: { text: 'ho', version: 1 },
  backfillSchedule: RANGE,
  backfillTrigger: RANGE,
  createWorkspace: { name: 'x' },
  changeScheduler: { paused: false },
  createKey: { name: 'x' },
  changeBudgets: { budgets: [] },
  changeSharedBudgets: { budgets: [] },
  tryAgent: {},
  tryTemplate: {},
  useTemplate: { dryRun: true },
  previewAgent: { instructions: 'Look around.' },
  changeNotes: { content: 'x' },
  approve: {},
  reject: {},
  simulateTrigger: { trigger: schedule, from: RANGE.from, to: RANGE.to },
  tryCondition: { source: { kind: 'workspace', measure: 'documents', windowSeconds: 3600 } },
  previewCron: { cronExpression: '0 9 * * *' },
  accept: { token: 'none' },
  changeAccount: { disabled: false },
  createAgent: agent,
  changeAgent: {},
  addProvider: provider,
  changeProvider: {},
  addSharedProvider: provider,
  changeSharedProvider: {},
  putSecret: { value: 'x' },
  changeMailSettings: mail,
  changeSharedMailSettings: mail,
  testMailSettings: { to: 'ada@example.com' },
  testSharedMailSettings: { to: 'ada@example.com' },
  addMcpServer: mcp,
  addChannel: channel,
  changeChannel: {},
  addOwnChannel: channel,
  changeOwnChannel: {},
  addPushBrowser: browser,
  addCalendarFeed: { slug: 'demo' },
  addRule: { channelId: 1, on: ['failure'] },
  changeRule: {},
  changeMcpServer: {},
  addSource: source,
  changeSource: {},
  rewindSource: { to: RANGE.from, dryRun: true },
  acceptSkill: {},
  acceptMcpTools: { tools: ['x'] },
  authorizedMcpServer: { code: 'x', state: 'x' },
  rotateWebhook: {},
  changePrices: { asOf: '2026-01-01', prices: [] },
}
/** What an address must ask. */
const QUERIES: Record<string, string> = {
  search: 'q=hello',
  heartbeats: 'triggerIds=1,2',
  timeline: `from=${RANGE.from}&to=${RANGE.to}`,
}
/** Their addresses are the key to them. */
const BY_TOKEN = new Set(['invitation', 'calendarFeed'])
const sentTo = ({ takes, name }: Endpoint & { name: string }) =>
  takes ? { file: { type: takes.type, bytes: zip } } : { body: BODIES[name] }
const send = (endpoint: Endpoint & { name: string }, path: string, as?: string) =>
  it.ask(endpoint.method, QUERIES[endpoint.name] ? `${path}?${QUERIES[endpoint.name]}` : path, {
    as,
    ...sentTo(endpoint),
  })
const isRole = (access: Access): access is Role => Role.options.some((role) => role === access)
const inWorkspace = endpoints.filter((endpoint) => isRole(endpoint.access))
const withId = endpoints.filter(({ path }) => /\{(id|userId)\}/.test(path))

test('every endpoint has its route file, and every route file is in the table', async () => {
  const files = await routeFiles()
  const written = [...files]
    .filter(([path]) => !APART.includes(path))
    .flatMap(([path, file]) =>
      Object.entries(file).flatMap(([method, handler]) =>
        typeof handler === 'function' && 'endpoint' in handler && handler.endpoint
          ? [{ at: `${method} ${path}`, does: `${handler.endpoint.method} ${handler.endpoint.path}` }]
          : [],
      ),
    )
  expect(written.filter(({ at, does }) => at !== does)).toEqual([])
  expect(written.map(({ at }) => at).sort()).toEqual(
    endpoints.map(({ method, path }) => `${method} ${path}`).sort(),
  )
  expect(APART.filter((path) => !files.has(path))).toEqual([])
})

test('every endpoint below a workspace takes a role in it', () => {
  expect(endpoints.filter(({ path, access }) => path.startsWith('/workspace/') && !isRole(access))).toEqual(
    [],
  )
})

test('without credentials everything but the open endpoints is refused', async () => {
  const closed = endpoints.filter(({ access }) => access !== 'open')
  const answers = await Promise.all(
    closed.map(async (endpoint) => [
      endpoint.name,
      (await send(endpoint, fill(endpoint.path, 'demo'))).status,
    ]),
  )
  expect(answers.filter(([, status]) => status !== 401)).toEqual([])
})

test('a workspace of others answers exactly as one that is not there', async () => {
  for (const endpoint of inWorkspace) {
    const [foreign, absent] = await Promise.all(
      ['demo', 'nowhere'].map((slug) => send(endpoint, fill(endpoint.path, slug), it.cleo)),
    )
    expect([endpoint.name, foreign?.status, foreign?.text]).toEqual([endpoint.name, 404, absent?.text])
  }
})

test('an id of another workspace answers exactly as one that is not there', async () => {
  for (const endpoint of withId) {
    const [foreign, absent] = await Promise.all([
      send(endpoint, fill(endpoint.path, 'other'), it.cleo),
      send(endpoint, fill(endpoint.path, 'other', 999_999, 'nobody'), it.cleo),
    ])
    expect([endpoint.name, foreign.status, foreign.text]).toEqual([endpoint.name, 404, absent.text])
  }
})

test('too small a role is refused before anything else is looked at', async () => {
  const keys = { viewer: await it.key('viewer', 'demo'), editor: await it.key('editor', 'demo') }
  for (const endpoint of inWorkspace) {
    const below =
      endpoint.access === 'admin'
        ? [keys.viewer, keys.editor]
        : endpoint.access === 'editor'
          ? [keys.viewer]
          : []
    for (const as of below)
      expect([
        endpoint.name,
        (await send(endpoint, fill(endpoint.path, 'demo', 999_999), as)).status,
      ]).toEqual([endpoint.name, 403])
  }
})

test('what is for administrators of the installation is refused to those of a workspace', async () => {
  for (const endpoint of endpoints.filter(({ access }) => access === 'installation')) {
    expect([endpoint.name, (await send(endpoint, fill(endpoint.path, 'demo'), it.ada)).status]).toEqual([
      endpoint.name,
      403,
    ])
  }
})

test('what is a person’s own is refused to keys, also to those of the installation', async () => {
  const keys = [await it.key('admin', 'demo'), await it.key('admin')]
  for (const endpoint of endpoints.filter(({ access }) => access === 'person'))
    for (const as of keys)
      expect([endpoint.name, (await send(endpoint, fill(endpoint.path, 'demo'), as)).status]).toEqual([
        endpoint.name,
        403,
      ])
})

test('there is one reading of an id', async () => {
  for (const endpoint of withId.filter(({ path }) => path.includes('{id}'))) {
    for (const id of ['01', '1e0', '%201', '-1', '0x1', '1.0', '99999999999999999', '1%00']) {
      expect([
        endpoint.name,
        id,
        (await send(endpoint, fill(endpoint.path, 'demo', id), it.ada)).status,
      ]).toEqual([endpoint.name, id, 422])
    }
  }
})

test('a field that the contract does not name is refused, in the query and in the body', async () => {
  for (const endpoint of inWorkspace) {
    const path = fill(endpoint.path, 'demo')
    const { status, body } = await it.ask(
      endpoint.method,
      `${path}?${QUERIES[endpoint.name] ?? ''}&workspaceId=2`,
      {
        as: it.ada,
        ...sentTo(endpoint),
      },
    )
    expect([endpoint.name, status, body.errors]).toEqual([
      endpoint.name,
      422,
      [{ path: 'workspaceId', message: 'is not a field here' }],
    ])
    if (endpoint.method === 'GET' || endpoint.method === 'DELETE' || endpoint.takes) continue
    for (const field of ['workspaceId', 'userId', 'nextRunAt', 'createdBy']) {
      const answer = await it.ask(endpoint.method, path, {
        as: it.ada,
        body: { ...(BODIES[endpoint.name] as object), [field]: 2 },
      })
      expect([endpoint.name, field, answer.status]).toEqual([endpoint.name, field, 422])
    }
  }
})

test('every list and detail answers as the contract has it', async () => {
  for (const endpoint of endpoints.filter(({ method, name }) => method === 'GET' && !BY_TOKEN.has(name))) {
    const { status, text, headers } = await send(endpoint, fill(endpoint.path, 'demo'), it.root)
    expect([endpoint.name, status, status === 200 ? '' : text]).toEqual([endpoint.name, 200, ''])
    expect(headers.get('cache-control')).toBe('no-store')
  }
})

test('a forecast says how often it runs in a month, and what it cost so far', async () => {
  const { store } = it.carillon
  const ask = async () =>
    (await it.ask('GET', `/workspace/demo/triggers/${ids.trigger}/forecast`, { as: it.ben })).body
  expect(await ask()).toEqual({
    runsPerMonth: 30,
    costPerMonth: { p50: null, p95: null },
    basis: 'none',
    runs: 0,
  })
  const ended = { model: 'small', cost: 0.5, status: 'success', completedAt: 1, slot: null } as const
  await store.q.update(store.t.executions).set(ended)
  expect(await ask()).toMatchObject({ costPerMonth: { p50: 15, p95: 15 }, basis: 'own_history', runs: 1 })
})

test('the documentation names every endpoint', () => {
  const { paths = {} } = openapi('1.0.0')
  const documented = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(documented.sort()).toEqual(endpoints.map(({ method, path }) => `${method} ${path}`).sort())
})

test('what a schedule can do, it can do by its general name, with the same answer', async () => {
  const below = endpoints.filter(({ path }) => path.includes('/agent-schedules/{id}/'))
  expect(below.map(({ path }) => path.split('/').at(-1)).sort()).toEqual([
    'backfill',
    'preview',
    'run',
    'stats',
    'toggle',
  ])
  for (const schedule of below) {
    const path = schedule.path.replace('agent-schedules', 'triggers')
    const trigger = endpoints.find((it) => it.path === path && it.method === schedule.method)
    expect({ ...trigger, name: '', path: '', summary: '', answer: null }).toEqual({
      ...schedule,
      name: '',
      path: '',
      summary: '',
      answer: null,
    })
  }
  const paused = await it.ask('POST', `/workspace/demo/triggers/${ids.trigger}/toggle`, { as: it.ada })
  expect(paused.body).toMatchObject({
    trigger: { id: ids.trigger, enabled: false, pausedBy: 'Ada', pausedAt: expect.stringMatching(/Z$/) },
  })
  const run = await it.ask('POST', `/workspace/demo/triggers/${ids.trigger}/run`, { as: it.ada })
  expect([run.status, run.body.execution]).toMatchObject([202, { kind: 'manual', triggerId: ids.trigger }])
})

test('a filter by health fills its pages: the one that is paused among sixty is found, wherever it stands', async () => {
  const made: number[] = []
  for (let n = 0; n < 60; n++) {
    const body = { ...schedule, name: `one of sixty ${n}` }
    made.push(
      idOf((await it.ask('POST', '/workspace/other/triggers', { as: it.cleo, body })).body, 'trigger'),
    )
  }
  const last = made.at(-1)
  await it.ask('POST', `/workspace/other/triggers/${last}/toggle`, { as: it.cleo })
  const page = async (query: string) => {
    const { body } = await it.ask('GET', `/workspace/other/agent-schedules?limit=50&${query}`, {
      as: it.cleo,
    })
    return { ids: (body.schedules as { id: number }[]).map(({ id }) => id), next: body.nextCursor }
  }
  expect(await page('health=paused')).toEqual({ ids: [last], next: null })
  const first = await page('health=new')
  expect(first).toEqual({ ids: made.slice(0, 50), next: String(made[49]) })
  expect(await page(`health=new&cursor=${first.next}`)).toEqual({ ids: made.slice(50, 59), next: null })
})

test('an execution says who asked for it: a person, or a key by its name', async () => {
  const run = async (as: string) => {
    const { body } = await it.ask('POST', `/workspace/demo/triggers/${ids.trigger}/run`, { as })
    const path = `/workspace/demo/executions/${idOf(body, 'execution')}`
    return ((await it.ask('GET', path, { as: it.ada })).body.execution as Record<string, unknown>).requestedBy
  }
  expect(await run(it.ben)).toEqual({ kind: 'person', id: ids.member, name: 'Ben' })
  expect(await run(await it.key('editor', 'demo'))).toMatchObject({ kind: 'key', name: 'editor' })
})
