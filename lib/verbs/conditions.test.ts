/** Conditions over the API: what goes in, what comes out, and what a check by hand says. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FakeMcp, fakeMcp } from '../agents/testing/fake-mcp.ts'
import { openSite, type Site } from '../agents/testing/site.ts'
import type { McpServer } from '../contract/mcp.ts'
import type { Trigger } from '../contract/trigger.ts'
import { type World, world } from '../http/testing/world.ts'

const TRIGGERS = '/workspace/demo/triggers'
let it: World
let site: Site
let fake: FakeMcp
beforeAll(async () => {
  ;[it, site, fake] = await Promise.all([
    world({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' }),
    openSite(),
    fakeMcp(),
  ])
})
afterAll(() => Promise.all([it.close(), site.close(), fake.close()]))
beforeEach(() => {
  site.pages = { '/load': { type: 'application/json', body: '{"load":17}' } }
})

const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, as = it.ben) =>
  it.ask(method, path, { as, body })
const source = (more: object = {}) => ({
  ...{ kind: 'http', url: `${site.origin}/load`, path: 'load', as: 'number' },
  ...more,
})
const when = { op: 'above', value: 90 }
const wanted = (condition: object = {}, more: object = {}) => ({
  ...{ name: 'Load', agentId: 'test-agent', kind: 'condition', ...more },
  condition: { source: source(), when, ...condition },
})
async function made(condition: object = {}, more: object = {}): Promise<Trigger> {
  const { status, text, body } = await send('POST', TRIGGERS, wanted(condition, more))
  expect([status, text]).toMatchObject([201, expect.any(String)])
  return body.trigger as Trigger
}
const faults = ({ status, body }: Awaited<ReturnType<typeof send>>) => [
  status,
  ((body.errors ?? []) as { path: string }[]).map(({ path }) => path),
]

test('a condition is answered as it was given, with what is known of it', async () => {
  const trigger = await made({ forSeconds: 60 })
  expect(trigger).toMatchObject({
    ...{ kind: 'condition', overlap: 'skip', misfire: 'latest', nextRunAt: null, health: 'new' },
    humanReadable: `When load of ${new URL(site.origin).host} is above 90 for 1 minute`,
    condition: {
      ...{ source: source({ headers: {}, method: 'GET' }), when, forSeconds: 60, everySeconds: 300 },
      ...{ cooldownSeconds: 0, onFirst: 'arm' },
      state: { state: 'unknown', since: null, lastValue: null, lastCheckedAt: null, crossings: 0 },
    },
  })
  await it.carillon.watching.check(trigger.workspaceId, trigger.id)
  const { body } = await send('GET', `${TRIGGERS}?kind=condition`)
  expect((body.triggers as Trigger[]).find(({ id }) => id === trigger.id)?.condition).toEqual(
    trigger.condition,
  )
})

test.each<[string, object, string[]]>([
  ['a clear line on the wrong side', { when: { ...when, clear: 95 } }, ['condition.when.clear']],
  ['a short interval', { everySeconds: 1 }, ['condition.everySeconds']],
  [
    'a pattern that is none',
    { source: { kind: 'page', url: 'https://example.com' }, when: { op: 'matches', value: '(' } },
    ['condition.when.value'],
  ],
  [
    'a server that is not there',
    { source: { kind: 'mcp', serverId: 999, tool: 'x', path: '' } },
    ['condition.source.serverId'],
  ],
  [
    'a field of another source',
    { source: { kind: 'feed', url: 'https://example.com', path: 'x' }, when: { op: 'new_items' } },
    ['condition.source.path'],
  ],
  ['another field', { seconds: 5 }, ['condition.seconds']],
])('%s is refused at its field', async (_, condition, paths) => {
  expect(faults(await send('POST', TRIGGERS, wanted(condition)))).toEqual([422, paths])
})

test('a condition goes with its kind only, and its kind with nothing else', async () => {
  const { condition, ...rest } = wanted()
  expect(faults(await send('POST', TRIGGERS, rest))).toEqual([422, ['condition']])
  const clockwork = { ...rest, kind: 'interval', everySeconds: 3600 }
  expect(faults(await send('POST', TRIGGERS, { ...clockwork, condition }))).toEqual([422, ['condition']])
  const gate = { source: source(), op: 'changes', value: 1 }
  expect(faults(await send('POST', TRIGGERS, { ...clockwork, onlyIf: gate }))).toEqual([422, ['onlyIf.op']])
})

test('a tool that may change something is refused, one that only reads is watched', async () => {
  fake.tools = [{ name: 'count' }, { name: 'drop' }]
  fake.replies['tools/call'] = { content: [{ type: 'text', text: '{"n":42}' }] }
  const server = { name: 'Fake', transport: 'http', url: fake.url }
  const { body } = await send(
    'POST',
    '/workspace/demo/mcp-servers',
    { ...server, toolPolicy: { count: { effect: 'read' } } },
    it.ada,
  )
  const { id: serverId } = body.mcpServer as McpServer
  const of = (tool: string) => ({ source: { kind: 'mcp', serverId, tool, path: 'n' } })
  expect(faults(await send('POST', TRIGGERS, wanted(of('drop'))))).toEqual([422, ['condition.source.tool']])
  const { id } = await made(of('count'))
  const check = await send('POST', `${TRIGGERS}/${id}/check`)
  expect(check.body).toEqual({ value: 42, state: 'false', wouldFire: false, error: null })
})

test('headers go in and never come out; a mask stands for them while the address stays', async () => {
  await send('PUT', '/workspace/demo/secrets/STATUS', { value: 'Bearer of-the-secret' }, it.ada)
  const headers = { 'x-key': 'very-confidential', authorization: { secret: 'STATUS' } }
  const masked = { 'x-key': '•••', authorization: { secret: 'STATUS' } }
  const gate = { source: source({ headers }), op: 'above', value: 1 }
  const trigger = await made({ source: source({ headers }) }, { onlyIf: gate })
  expect(trigger.condition?.source).toMatchObject({ headers: masked })
  expect(trigger.onlyIf?.source).toMatchObject({ headers: masked })
  const at = `${TRIGGERS}/${trigger.id}`
  const { state: _, ...condition } = trigger.condition as NonNullable<Trigger['condition']>
  const kept = await send('PUT', at, { condition: { ...condition, cooldownSeconds: 9 } })
  expect([kept.status, (kept.body.trigger as Trigger).condition?.source]).toMatchObject([
    200,
    { headers: masked },
  ])
  const moved = { ...condition, source: { ...condition.source, url: 'https://evil.example.com/' } }
  expect(faults(await send('PUT', at, { condition: moved }))).toEqual([422, ['condition.source.headers']])
  const tried = await send('POST', '/workspace/demo/conditions/try', {
    ...{ source: condition.source, triggerId: trigger.id, when },
  })
  expect(tried.body).toEqual({ value: 17, holds: false, error: null })
  const rows = JSON.stringify(await it.carillon.store.q.all(sql`select * from triggers`))
  expect([rows.includes('very-confidential'), kept.text.includes('sealed:')]).toEqual([false, false])
  const used = await send('DELETE', '/workspace/demo/secrets/STATUS', undefined, it.ada)
  expect([used.status, used.text]).toEqual([409, expect.stringContaining(`“Load” (schedule ${trigger.id})`)])
})

test('a check by hand says what it would come to; of what watches nothing it is refused', async () => {
  const { id } = await made({ onFirst: 'fire' })
  const check = () => send('POST', `${TRIGGERS}/${id}/check`)
  expect((await check()).body).toEqual({ value: 17, state: 'false', wouldFire: false, error: null })
  site.pages['/load'] = { body: '{"load":99}' }
  expect((await check()).body).toEqual({ value: 99, state: 'true', wouldFire: true, error: null })
  site.pages = {}
  expect((await check()).body).toMatchObject({
    value: null,
    wouldFire: false,
    error: expect.stringContaining('answers 404'),
  })
  const { body } = await send('GET', `${TRIGGERS}/${id}/samples?from=2020-01-01T00:00:00Z`)
  expect(body.samples).toEqual([])
  const clockwork = { name: 'x', agentId: 'test-agent', kind: 'interval', everySeconds: 3600 }
  const other = (await send('POST', TRIGGERS, clockwork)).body.trigger as Trigger
  expect((await send('POST', `${TRIGGERS}/${other.id}/check`)).status).toBe(409)
  expect((await send('GET', `${TRIGGERS}/999999/samples`)).status).toBe(404)
})

test('a draft is tried without being anybody’s', async () => {
  const tryOut = (body: object) => send('POST', '/workspace/demo/conditions/try', body)
  expect((await tryOut({ source: source() })).body).toEqual({ value: 17, holds: null, error: null })
  expect((await tryOut({ source: source(), when: { op: 'below', value: 20 } })).body).toMatchObject({
    ...{ value: 17, holds: true },
  })
  expect((await tryOut({ source: source({ path: 'gone' }) })).body).toMatchObject({
    ...{ value: null, error: 'There is nothing at gone of the answer.' },
  })
  expect(faults(await tryOut({ source: source({ headers: { a: '•••' } }) }))).toEqual([
    422,
    ['source.headers.a'],
  ])
})
