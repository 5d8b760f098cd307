/** Servers of tools and secrets, over the API: what goes in, what comes out, and who may. */
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { minutes } from '../clock.ts'
import { type FakeMcp, fakeMcp } from '../agents/testing/fake-mcp.ts'
import type { McpServer } from '../contract/mcp.ts'
import type { Secret } from '../contract/secret.ts'
import { type World, world } from '../http/testing/world.ts'

const TOKEN = 'Bearer very-secret-token'
const SERVERS = '/workspace/demo/mcp-servers'
const SECRETS = '/workspace/demo/secrets'
let it: World
let fake: FakeMcp
let n = 0
beforeAll(async () => {
  it = await world({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' })
})
afterAll(() => it.close())
beforeEach(async () => {
  fake = await fakeMcp()
})
afterEach(() => fake.close())

const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, as = it.ada) =>
  it.ask(method, path, { as, body })
const entered = (more: object = {}) => ({ name: `Fake ${++n}`, transport: 'http', url: fake.url, ...more })
async function add(more: object = {}): Promise<McpServer> {
  const { status, text, body } = await send('POST', SERVERS, entered(more))
  expect([status, text]).toMatchObject([201, expect.any(String)])
  return body.mcpServer as McpServer
}
const at = (server: Pick<McpServer, 'id'>, more = '') => `${SERVERS}/${server.id}${more}`
const faults = ({ body }: Awaited<ReturnType<typeof send>>) =>
  body.errors as { path: string; message: string }[]

test('it is looked at when it is added, and says what it offers', async () => {
  const server = await add()
  expect(server).toMatchObject({
    slug: `fake-${n}`,
    status: 'ready',
    problem: null,
    tools: [{ name: 'look', effect: 'outside', repeat: 'never', approval: 'ask', changed: false }],
  })
  expect(server.tools[0]?.sha256).toMatch(/^[0-9a-f]{64}$/)
  const { body } = await send('GET', '/workspace/demo/tools', undefined, it.ben)
  expect(body.tools).toContainEqual(
    expect.objectContaining({
      name: `${server.slug}.look`,
      source: 'mcp',
      untrusted: true,
      server: { id: server.id, name: server.name },
    }),
  )
})

test('one that cannot be reached is kept, and says why; a check finds it again', async () => {
  fake.replies = {
    'server/discover': (response) => response.writeHead(503).end(),
    initialize: (response) => response.writeHead(503).end(),
  }
  const server = await add()
  expect(server).toMatchObject({ status: 'unreachable', tools: [], problem: expect.stringContaining('503') })
  fake.replies = {}
  const { body } = await send('POST', at(server, '/check'), {})
  expect(body.mcpServer).toMatchObject({ status: 'ready', problem: null, tools: [{ name: 'look' }] })
})

test('headers go in and never come out; a mask stands for them while the server stays where it is', async () => {
  const server = await add({ headers: { authorization: TOKEN } })
  expect(server.headers).toEqual({ authorization: '•••' })
  expect(fake.headers.at(-1)?.authorization).toBe(TOKEN)
  const renamed = await send('PUT', at(server), { name: 'Renamed', headers: { authorization: '•••' } })
  expect(renamed.body.mcpServer).toMatchObject({ name: 'Renamed', slug: server.slug })
  expect(fake.headers.at(-1)?.authorization).toBe(TOKEN)
  const moved = await send('PUT', at(server), { url: 'https://evil.example.com/mcp' })
  expect([moved.status, faults(moved)]).toMatchObject([422, [{ path: 'headers' }]])
  const unknown = await send('PUT', at(server), { headers: { other: '•••' } })
  expect(faults(unknown)).toMatchObject([{ path: 'headers.other' }])
  const rows = JSON.stringify(await it.carillon.store.q.all(sql`select * from mcp_servers`))
  const listed = await send('GET', SERVERS)
  for (const text of [rows, listed.text, renamed.text, it.log.join('')])
    expect(text).not.toContain('very-secret')
})

test('a secret is named instead; its value never comes out, and it stays while it is used', async () => {
  const refused = await send('POST', SERVERS, entered({ headers: { authorization: { secret: 'TOKEN' } } }))
  expect(faults(refused)).toMatchObject([
    { path: 'headers.authorization', message: expect.stringContaining('TOKEN') },
  ])
  expect((await send('PUT', `${SECRETS}/TOKEN`, { value: TOKEN })).body).toMatchObject({
    secret: { name: 'TOKEN' },
  })
  const server = await add({ headers: { authorization: { secret: 'TOKEN' } } })
  expect(server.headers).toEqual({ authorization: { secret: 'TOKEN' } })
  expect(fake.headers.at(-1)?.authorization).toBe(TOKEN)
  const { body, text } = await send('GET', SECRETS)
  expect((body.secrets as Secret[]).find((one) => one.name === 'TOKEN')?.usedBy).toEqual([
    { kind: 'mcp', id: server.id, name: server.name },
  ])
  const kept = await send('DELETE', `${SECRETS}/TOKEN`)
  expect([kept.status, kept.text]).toEqual([409, expect.stringContaining(server.name)])
  await send('PUT', `${SECRETS}/TOKEN`, { value: 'Bearer another-token' })
  await send('POST', at(server, '/check'), {})
  expect(fake.headers.at(-1)?.authorization).toBe('Bearer another-token')
  await send('DELETE', at(server))
  expect((await send('DELETE', `${SECRETS}/TOKEN`)).status).toBe(200)
  expect((await send('DELETE', `${SECRETS}/TOKEN`)).status).toBe(404)
  const rows = JSON.stringify(await it.carillon.store.q.all(sql`select * from secrets`))
  for (const one of [rows, text, it.log.join('')]) expect(one).not.toMatch(/very-secret|another-token/)
})

test('a schedule names a secret for a header; another workspace does not have it', async () => {
  await send('PUT', `${SECRETS}/HOOK`, { value: TOKEN })
  const context = { url: fake.url, headers: { authorization: { secret: 'HOOK' } } }
  const schedule = {
    name: 'Hook',
    agentId: 'webhook-caller',
    cronExpression: '0 9 * * *',
    timezone: 'UTC',
    context,
  }
  const made = await send('POST', '/workspace/demo/agent-schedules', schedule, it.ben)
  expect(made.body.schedule).toMatchObject({ context })
  const { body } = await send('GET', SECRETS)
  expect((body.secrets as Secret[]).find((one) => one.name === 'HOOK')?.usedBy).toMatchObject([
    { kind: 'trigger', name: 'Hook' },
  ])
  expect((await send('DELETE', `${SECRETS}/HOOK`)).status).toBe(409)
  const { id } = made.body.schedule as { id: number }
  const ready = async () =>
    (
      (await send('GET', `/workspace/demo/triggers/${id}/readiness`)).body.checks as { kind: string }[]
    ).filter(({ kind }) => kind === 'secret')
  expect(await ready()).toMatchObject([{ name: 'HOOK', state: 'ok' }])
  await it.carillon.store.q.delete(it.carillon.store.t.secrets)
  expect(await ready()).toMatchObject([{ name: 'HOOK', state: 'failing', code: 'missing' }])
  const elsewhere = await send('POST', '/workspace/other/agent-schedules', schedule, it.cleo)
  expect([elsewhere.status, elsewhere.text]).toEqual([422, expect.stringContaining('HOOK')])
})

test('names and values of secrets that are none are refused', async () => {
  expect((await send('PUT', `${SECRETS}/lower`, { value: 'x' })).status).toBe(422)
  expect((await send('PUT', `${SECRETS}/EMPTY`, { value: '' })).status).toBe(422)
  expect((await send('PUT', `${SECRETS}/LONG`, { value: 'ä'.repeat(9000) })).status).toBe(422)
})

test('a changed tool is off until it is accepted', async () => {
  const server = await add({ toolPolicy: { look: { effect: 'read', repeat: 'safe' } } })
  expect(server.tools).toMatchObject([{ effect: 'read', repeat: 'safe', approval: 'allow' }])
  fake.tools = [{ name: 'look', description: 'Looks, and sends it on.' }, { name: 'new' }]
  const { body } = await send('POST', at(server, '/check'), {})
  expect(body.mcpServer).toMatchObject({
    status: 'changed',
    tools: [
      {
        name: 'look',
        changed: true,
        description: 'Looks, and sends it on.',
        accepted: { description: 'look' },
      },
      { name: 'new', changed: true, accepted: null },
    ],
  })
  const offered = async () =>
    ((await send('GET', '/workspace/demo/tools')).body.tools as { name: string }[]).filter((one) =>
      one.name.startsWith(`${server.slug}.`),
    )
  expect(await offered()).toEqual([])
  const accepted = await send('POST', at(server, '/accept'), { tools: ['look'] })
  expect(accepted.body.mcpServer).toMatchObject({
    status: 'changed',
    tools: [{ changed: false }, { changed: true }],
  })
  expect(await offered()).toMatchObject([{ name: `${server.slug}.look` }])
  expect((await send('POST', at(server, '/accept'), { tools: ['other'] })).status).toBe(422)
  const all = await send('POST', at(server, '/accept'), { tools: ['new'] })
  expect(all.body.mcpServer).toMatchObject({ status: 'ready' })
})

test('accepting is no look: when somebody has looked last stays', async () => {
  const server = await add()
  fake.tools = [{ name: 'look', description: 'Otherwise.' }]
  const looked = (await send('POST', at(server, '/check'), {})).body.mcpServer as McpServer
  it.clock.advance(minutes(5))
  const { body } = await send('POST', at(server, '/accept'), { tools: ['look'] })
  expect(body.mcpServer).toMatchObject({ status: 'ready', checkedAt: looked.checkedAt })
})

test('a workspace has fifty, also where two are added at once; a name is taken once', async () => {
  const { store } = it.carillon
  const { workspaces, mcpServers } = store.t
  const [other] = await store.q.select().from(workspaces).where(eq(workspaces.slug, 'other'))
  const workspaceId = other?.id as number
  const at = { createdAt: 0, updatedAt: 0 }
  const kept = { workspaceId, transport: 'http', status: 'disabled', createdBy: 'cleo', ...at }
  await store.q
    .insert(mcpServers)
    .values(Array.from({ length: 49 }, (_, k) => ({ ...kept, slug: `s${k}`, name: `S${k}` })))
  const enter = (name: string) =>
    send('POST', '/workspace/other/mcp-servers', { ...entered(), name, enabled: false }, it.cleo)
  expect((await enter('S7')).status).toBe(409)
  const both = await Promise.all(['One', 'Two'].map(enter))
  expect(both.map(({ status }) => status).sort()).toEqual([201, 422])
  expect(both.map(({ text }) => text).join()).toContain('at most 50 MCP servers')
})

test('what is accepted is what was looked at', async () => {
  const server = await add()
  const now = async (description: string) => {
    fake.tools = [{ name: 'look', description }]
    return ((await send('POST', at(server, '/check'), {})).body.mcpServer as McpServer).tools[0]?.sha256
  }
  const looked = await now('Second.')
  const since = await now('Third: sends all documents.')
  const tools = (sha256: string | undefined) => ({ tools: [{ name: 'look', sha256 }] })
  expect((await send('POST', at(server, '/accept'), tools(looked))).status).toBe(409)
  const { status, body } = await send('POST', at(server, '/accept'), tools(since))
  expect([status, body.mcpServer]).toMatchObject([200, { status: 'ready' }])
})

test('an editor may not allow what reaches outside, also while it is off', async () => {
  const server = await add()
  const name = `${server.slug}.look`
  const agent = { name: `Scout ${n}`, instructions: 'Look.', tools: [{ name }], mcpServerIds: [server.id] }
  const made = await send('POST', '/workspace/demo/agents', agent, it.ben)
  const path = `/workspace/demo/agents/${(made.body.agent as { id: string }).id}`
  const allow = () => send('PUT', path, { tools: [{ name, approval: 'allow' }] }, it.ben)
  expect((await allow()).status).toBe(403)
  fake.tools = [{ name: 'look', description: 'Otherwise.' }]
  await send('POST', at(server, '/check'), {})
  expect((await allow()).status).toBe(403)
  expect((await send('PUT', path, { instructions: 'Look well.' }, it.ben)).status).toBe(200)
})

test('an agent without one of its tools keeps a server from nothing', async () => {
  const server = await add()
  const agent = { name: `Idle ${n}`, instructions: 'Look.', mcpServerIds: [server.id] }
  expect((await send('POST', '/workspace/demo/agents', agent, it.ben)).status).toBe(201)
  expect((await send('DELETE', at(server))).status).toBe(200)
})

test('what calls are taken for is changed without asking the server', async () => {
  const server = await add()
  const before = fake.methods.length
  const { body } = await send('PUT', at(server), { toolPolicy: { look: { effect: 'read' } } })
  expect(body.mcpServer).toMatchObject({ tools: [{ effect: 'read' }], status: 'ready' })
  expect(fake.methods).toHaveLength(before)
})

test('its status is an event, told when it changes and not else', async () => {
  const server = await add()
  const told = async () =>
    (
      (await send('GET', '/workspace/demo/events?since=0&limit=500')).body.events as {
        type: string
        mcpServerId?: number
        status?: string
      }[]
    )
      .filter((one) => one.type === 'mcp:status' && one.mcpServerId === server.id)
      .map((one) => one.status)
  await send('POST', at(server, '/check'), {})
  expect(await told()).toEqual(['ready'])
  fake.replies = {
    'server/discover': (response) => response.writeHead(401).end(),
    initialize: (response) => response.writeHead(401).end(),
  }
  await send('POST', at(server, '/check'), {})
  expect(await told()).toEqual(['ready', 'reauth_required'])
})

test('an agent is given its tools by name and by server; a server in use is not deleted', async () => {
  const server = await add()
  const agent = { name: `Scout ${n}`, instructions: 'Look.', tools: [{ name: `${server.slug}.look` }] }
  const alone = await send('POST', '/workspace/demo/agents', agent, it.ben)
  expect(faults(alone)).toMatchObject([
    { path: 'tools.0.name', message: expect.stringContaining('mcpServerIds') },
  ])
  const whole = { ...agent, mcpServerIds: [server.id] }
  expect(
    (await send('POST', '/workspace/demo/agents', { ...whole, mcpServerIds: [server.id, 999] }, it.ben))
      .status,
  ).toBe(422)
  const made = await send('POST', '/workspace/demo/agents', whole, it.ben)
  expect(made.body.agent).toMatchObject({ mcpServerIds: [server.id] })
  const allowing = { ...whole, name: 'Bold', tools: [{ name: `${server.slug}.look`, approval: 'allow' }] }
  expect((await send('POST', '/workspace/demo/agents', allowing, it.ben)).status).toBe(403)
  expect((await send('POST', '/workspace/demo/agents', allowing)).status).toBe(201)
  const refused = await send('DELETE', at(server))
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining(agent.name)])
})

test.each([
  [{ transport: 'http', url: null }, ['url']],
  [{ transport: 'http', command: 'npx' }, ['command']],
  [{ url: 'http://10.0.0.1/mcp' }, ['url']],
  [{ url: 'ftp://example.com' }, ['url']],
  [{ headers: { Host: 'x' } }, ['headers.Host']],
  [{ headers: { 'Mcp-Session-Id': 'x' } }, ['headers.Mcp-Session-Id']],
  [{ headers: { authorization: 'a\r\nb' } }, ['headers.authorization']],
  [{ headers: { authorization: 'sealed:v1:abc' } }, ['headers.authorization']],
])('%j is refused where it is wrong', async (more, paths) => {
  const answer = await send('POST', SERVERS, entered(more))
  expect([answer.status, faults(answer).map(({ path }) => path)]).toEqual([422, paths])
})

test('a command is started only where whoever runs the server says so', async () => {
  const stdio = { name: `Command ${++n}`, transport: 'stdio', command: 'carillon-is-no-command' }
  const refused = await send('POST', SERVERS, stdio)
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('ALLOW_MCP_STDIO')])
  const other = await world({ ALLOW_MCP_STDIO: 'true' })
  try {
    const { status, body } = await other.ask('POST', SERVERS, { as: other.ada, body: stdio })
    expect([status, body.mcpServer]).toMatchObject([
      201,
      { status: 'misconfigured', problem: expect.stringContaining('no command') },
    ])
  } finally {
    await other.close()
  }
})
