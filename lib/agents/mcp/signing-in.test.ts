/** Signing in to a server of tools: over the API, against a server and a sign-in on loopback. */
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import * as rows from '#db/queries/mcp-servers.ts'
import { hours, minutes } from '../../clock.ts'
import type { McpServer } from '../../contract/mcp.ts'
import { type World, world } from '../../http/testing/world.ts'
import { type FakeMcp, fakeMcp } from '../testing/fake-mcp.ts'
import { type FakeSignIn, fakeSignIn } from '../testing/fake-sign-in.ts'

const SERVERS = '/workspace/demo/mcp-servers'
let it: World
let tools: FakeMcp
let signIn: FakeSignIn
let server: McpServer
let n = 0
let workspaceId: number
beforeAll(async () => {
  it = await world({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' })
  const { body } = await it.ask('GET', '/workspace/demo', { as: it.ada })
  workspaceId = (body.workspace as { id: number }).id
})
afterAll(() => it.close())
beforeEach(async () => {
  tools = await fakeMcp()
  signIn = await fakeSignIn(tools)
  const body = { name: `Guarded ${++n}`, transport: 'http', url: tools.url }
  server = (await it.ask('POST', SERVERS, { as: it.ada, body })).body.mcpServer as McpServer
})
afterEach(async () => {
  await Promise.all([tools.close(), signIn.close().catch(() => {})])
})

const post = (more: string, body: unknown = {}, as = it.ada) =>
  it.ask('POST', `${SERVERS}/${server.id}/${more}`, { as, body })
/** Begins, as whoever presses the button, and answers what the browser is sent to. */
async function begin(as = it.ada): Promise<URL> {
  const { status, body, text } = await post('authorize', {}, as)
  expect([status, text]).toMatchObject([200, expect.any(String)])
  return new URL(String(body.url))
}
const stateOf = (url: URL) => url.searchParams.get('state') ?? ''
async function signedIn(): Promise<McpServer> {
  const url = await begin()
  const { body, status, text } = await post('authorized', { code: 'agreed', state: stateOf(url) })
  expect([status, text]).toMatchObject([200, expect.any(String)])
  return body.mcpServer as McpServer
}

test('it says that it wants a sign-in; after one it is ready, and what was granted is nowhere to be read', async () => {
  expect(server).toMatchObject({ status: 'reauth_required', tools: [] })
  const url = await begin()
  expect(url.href.startsWith(`${signIn.url}/agree?`)).toBe(true)
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    redirect_uri: 'http://localhost:3001/w/demo/settings/mcp',
    code_challenge_method: 'S256',
  })
  const done = await post('authorized', { code: 'agreed', state: stateOf(url) })
  expect(done.body.mcpServer).toMatchObject({ status: 'ready', expiresAt: null, tools: [{ name: 'look' }] })
  expect(signIn.exchanged).toMatchObject([
    { grant_type: 'authorization_code', code: 'agreed', client_id: 'carillon-here' },
  ])
  const rows = JSON.stringify(await it.carillon.store.q.all(sql`select * from mcp_servers`))
  for (const text of [rows, done.text, it.log.join('')]) expect(text).not.toMatch(/(access|refresh)-token-\d/)
})

test('a token is renewed before it is used; what comes in its place is used from then on', async () => {
  await signedIn()
  it.clock.advance(minutes(59) + 30_000)
  const { body } = await post('check')
  expect(body.mcpServer).toMatchObject({ status: 'ready' })
  expect(signIn.exchanged.at(-1)).toMatchObject({
    grant_type: 'refresh_token',
    refresh_token: 'refresh-token-1',
  })
  expect(tools.headers.at(-1)?.authorization).toBe('Bearer access-token-2')
  it.clock.advance(minutes(60))
  await post('check')
  expect(signIn.exchanged.at(-1)).toMatchObject({ refresh_token: 'refresh-token-2' })
})

test('where renewing is refused, a new sign-in is wanted, at once', async () => {
  await signedIn()
  signIn.refuses = true
  it.clock.advance(hours(2))
  const { body } = await post('check')
  expect(body.mcpServer).toMatchObject({ status: 'reauth_required' })
  signIn.refuses = false
  expect(await signedIn()).toMatchObject({ status: 'ready' })
})

test('a token that was taken back before its time is renewed, or wants a new sign-in', async () => {
  await signedIn()
  signIn.holds = 'another'
  expect((await post('check')).body.mcpServer).toMatchObject({ status: 'ready' })
  signIn.holds = 'another'
  signIn.refuses = true
  expect((await post('check')).body.mcpServer).toMatchObject({ status: 'reauth_required' })
})

test('one that is begun anew and left leaves what was granted before', async () => {
  await signedIn()
  await begin()
  expect((await post('check')).body.mcpServer).toMatchObject({ status: 'ready' })
  expect(signIn.exchanged).toHaveLength(1)
})

test.each([
  ['answers nothing', () => signIn.close()],
  [
    'answers 503',
    async () => {
      signIn.away = true
    },
  ],
])('a sign-in that %s for a moment may pass', async (_, go) => {
  await signedIn()
  it.clock.advance(hours(2))
  await go()
  expect((await post('check')).body.mcpServer).toMatchObject({
    status: 'unreachable',
    problem: expect.stringContaining('cannot be asked'),
  })
})

test('one that is away while a token is taken back may pass, too', async () => {
  await signedIn()
  signIn.holds = 'another'
  signIn.away = true
  expect((await post('check')).body.mcpServer).toMatchObject({ status: 'unreachable' })
})

test('several that look at once renew once', async () => {
  await signedIn()
  it.clock.advance(hours(2))
  const looks = await Promise.all([1, 2, 3].map(() => post('check')))
  expect(looks.map(({ body }) => (body.mcpServer as McpServer).status)).toEqual(['ready', 'ready', 'ready'])
  expect(signIn.exchanged).toHaveLength(2)
})

test('what comes late, of a sign-in that was under way while the server was moved, goes to no other', async () => {
  await signedIn()
  const { store } = it.carillon
  const granted = (await rows.list(store, workspaceId)).find(({ id }) => id === server.id)
  const other = await fakeMcp()
  try {
    await it.ask('PUT', `${SERVERS}/${server.id}`, { as: it.ada, body: { url: other.url } })
    const { grantedAccess = null } = granted ?? {}
    expect(grantedAccess).not.toBeNull()
    await rows.keepAccess(store, server.id, { grantedAccess, expiresAt: null })
    await post('check')
    expect(other.headers.length).toBeGreaterThan(0)
    for (const one of other.headers) expect(one.authorization).toBeUndefined()
  } finally {
    await other.close()
  }
})

test('a sign-in that hangs ends in its time', async () => {
  await signedIn()
  signIn.hangs = true
  it.clock.advance(hours(2))
  const checking = post('check')
  await expect.poll(() => signIn.exchanged.length).toBe(2)
  it.clock.advance(minutes(1))
  expect((await checking).body.mcpServer).toMatchObject({ status: 'unreachable' })
})

test('only who began finishes, with the state of just that, once, and in time', async () => {
  const state = stateOf(await begin())
  expect((await post('authorized', { code: 'agreed', state: `${state.slice(0, -1)}!` })).status).toBe(409)
  expect((await post('authorized', { code: 'agreed', state }, it.root)).status).toBe(409)
  expect((await post('authorized', { code: 'agreed', state }, it.ben)).status).toBe(403)
  expect((await post('authorized', { code: 'agreed', state })).status).toBe(200)
  expect((await post('authorized', { code: 'agreed', state })).status).toBe(409)
  const late = stateOf(await begin())
  it.clock.advance(minutes(11))
  expect((await post('authorized', { code: 'agreed', state: late })).status).toBe(409)
  expect(signIn.exchanged).toHaveLength(1)
})

test('what was granted for one place goes to no other', async () => {
  await signedIn()
  const other = await fakeMcp()
  try {
    const body = { url: other.url }
    const moved = await it.ask('PUT', `${SERVERS}/${server.id}`, { as: it.ada, body })
    expect(moved.body.mcpServer).toMatchObject({ status: 'ready' })
    expect(other.headers.length).toBeGreaterThan(0)
    for (const one of other.headers) expect(one.authorization).toBeUndefined()
  } finally {
    await other.close()
  }
})

test('a server without a sign-in says so', async () => {
  const plain = await fakeMcp()
  plain.replies['server/discover'] = (response) => response.writeHead(401).end()
  plain.replies.initialize = plain.replies['server/discover']
  const body = { name: `Plain ${n}`, transport: 'http', url: plain.url }
  const made = await it.ask('POST', SERVERS, { as: it.ada, body })
  const { id } = made.body.mcpServer as McpServer
  const { status } = await it.ask('POST', `${SERVERS}/${id}/authorize`, { as: it.ada, body: {} })
  expect(status).toBe(409)
  await plain.close()
})
