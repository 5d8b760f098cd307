/** Approvals over HTTP: who decides, where, and what a wrong answer says. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fakeMcp } from '../agents/testing/fake-mcp.ts'
import { type World, world } from './testing/world.ts'

let it: World
let executionId: number
let triggerId: number
let workspaceId: number
const schedule = { name: 'Digest', agentId: 'test-agent', cronExpression: '0 9 * * *', timezone: 'UTC' }
beforeAll(async () => {
  it = await world({ ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' })
  const made = await it.ask('POST', '/workspace/demo/agent-schedules', { as: it.ada, body: schedule })
  ;({ id: triggerId, workspaceId } = made.body.schedule as { id: number; workspaceId: number })
})
afterAll(() => it.close())
beforeEach(async () => {
  const path = `/workspace/demo/agent-schedules/${triggerId}/run`
  const { body } = await it.ask('POST', path, { as: it.ada, body: {} })
  executionId = (body.execution as { id: number }).id
})

/** A run of the schedule that waits: no engine runs here. */
async function asked(change: object = {}): Promise<number> {
  const { store, clock } = it.carillon
  const { approvals, executions } = store.t
  await store.q.update(executions).set({ status: 'waiting' })
  const now = clock.now().getTime()
  const [row] = await store.q
    .insert(approvals)
    .values({
      ...{ workspaceId, executionId, triggerId, place: '1.1', kind: 'tool', tool: 'http_request' },
      ...{ arguments: '{"url":"https://example.com/"}', argumentsHash: 'x', summary: 'GET', why: 'rule' },
      ...{ requestedAt: now, expiresAt: now + 60_000, onExpiry: 'fail' },
      ...{ requiredRole: 'editor', requireOther: false },
      ...change,
    })
    .returning()
  return row?.id as number
}
const decide = (id: number, how: 'approve' | 'reject', as: string, body: object = {}) =>
  it.ask('POST', `/workspace/demo/approvals/${id}/${how}`, { as, body })

test('it is decided once; looking at it decides nothing', async () => {
  const id = await asked()
  const seen = await it.ask('GET', `/workspace/demo/approvals/${id}`, { as: it.ben })
  expect(seen.body.approval).toMatchObject({
    id,
    status: 'pending',
    arguments: { url: 'https://example.com/' },
  })
  expect(seen.body.approval).not.toHaveProperty('place')
  const done = await decide(id, 'approve', it.ben, { note: 'yes' })
  expect(done.body.approval).toMatchObject({ status: 'approved', decidedBy: { name: 'Ben' }, note: 'yes' })
  const second = await decide(id, 'reject', it.ada)
  expect([second.status, second.body.detail]).toEqual([409, expect.stringContaining('Ben approved this')])
  const execution = await it.ask('GET', `/workspace/demo/executions/${executionId}`, { as: it.ada })
  expect(execution.body.execution).toMatchObject({ status: 'queued' })
})

test('the role, the rule, and the key decide who may', async () => {
  const id = await asked({ requiredRole: 'admin' })
  expect((await decide(id, 'approve', it.ben)).status).toBe(403)
  const plain = await it.key('admin', 'demo')
  expect((await decide(id, 'approve', plain)).body.detail).toContain('mayApprove')
  const { body } = await it.ask('POST', '/api-keys', {
    as: it.ada,
    body: { name: 'decides', workspace: 'demo', role: 'admin', mayApprove: true },
  })
  // A key that decides nothing makes none that does.
  const more = { name: 'x', workspace: 'demo', role: 'editor', mayApprove: true }
  expect((await it.ask('POST', '/api-keys', { as: plain, body: more })).status).toBe(403)
  const viewer = { ...more, role: 'viewer' }
  expect((await it.ask('POST', '/api-keys', { as: it.ada, body: viewer })).status).toBe(422)
  const done = await decide(id, 'approve', `Bearer ${body.key}`)
  expect(done.body.approval).toMatchObject({ decidedVia: 'api', decidedBy: { name: 'decides' } })
})

test('whoever made the schedule does not decide where another must, nor by a key of theirs', async () => {
  const id = await asked({ requireOther: true })
  expect((await decide(id, 'approve', it.ada)).status).toBe(403)
  const { body } = await it.ask('POST', '/api-keys', {
    as: it.ada,
    body: { name: 'decides', workspace: 'demo', role: 'admin', mayApprove: true },
  })
  expect((await decide(id, 'approve', `Bearer ${body.key}`)).status).toBe(403)
  expect((await decide(id, 'approve', it.ben)).status).toBe(200)
})

test('out of its time it is gone', async () => {
  const id = await asked({ expiresAt: it.clock.now().getTime() })
  expect((await decide(id, 'approve', it.ada)).status).toBe(410)
})

test('the inbox has what waits in each workspace of the caller, and nothing of others', async () => {
  const id = await asked()
  const inbox = async (as: string) =>
    (await it.ask('GET', '/approvals?status=pending', { as })).body.approvals as {
      id: number
      workspace: { slug: string }
    }[]
  expect((await inbox(it.ben))[0]).toMatchObject({ id, workspace: { slug: 'demo' } })
  expect(await inbox(it.cleo)).toEqual([])
  await decide(id, 'reject', it.ben)
  expect((await inbox(it.ben)).map((one) => one.id)).not.toContain(id)
})

test('what is remembered is listed for administrators, who can forget it', async () => {
  const id = await asked()
  const remember = { scope: 'exact', maxUses: 3 }
  expect((await decide(id, 'approve', it.ben, { remember })).status).toBe(200)
  const grants = async () =>
    (await it.ask('GET', '/workspace/demo/grants', { as: it.ada })).body.grants as { id: number }[]
  const [grant] = await grants()
  expect(grant).toMatchObject({ tool: 'http_request', usesLeft: 3, createdBy: { name: 'Ben' } })
  await it.ask('DELETE', `/workspace/demo/grants/${grant?.id}`, { as: it.ada })
  expect(await grants()).toEqual([])
})

test('what is remembered by a filter is judged where it stands, and told with its filter', async () => {
  const id = await asked()
  const filter = { all: [{ path: 'arguments.url', op: 'starts_with', value: 'https://example.com/' }] }
  const tries = (as: string, remember: object) => decide(id, 'approve', as, { remember })
  const faults = async (remember: object) => {
    const { status, body } = await tries(it.ada, remember)
    return [status, ...(body.errors as { path: string }[]).map(({ path }) => path)]
  }
  expect(await faults({ scope: 'filter' })).toEqual([422, 'remember.filter'])
  expect(await faults({ scope: 'exact', filter })).toEqual([422, 'remember.filter'])
  expect(await faults({ scope: 'filter', filter: { all: [{ path: 'tool', op: 'is', value: 1 }] } })).toEqual([
    422,
    'remember.filter.all.0.op',
  ])
  expect(await faults({ scope: 'filter', filter: { not: filter } })).toEqual([422, 'remember.filter'])
  const refused = await tries(it.ben, { scope: 'filter', filter })
  expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining('"http_request"')])
  // It is held against what is approved, not against what was asked for.
  const edited = { arguments: { url: 'https://example.org/' } }
  const elsewhere = await decide(id, 'approve', it.ada, { ...edited, remember: { scope: 'filter', filter } })
  expect(elsewhere.status).toBe(422)
  expect((await tries(it.ada, { scope: 'filter', filter, maxUses: 5 })).status).toBe(200)
  const { body } = await it.ask('GET', '/workspace/demo/grants', { as: it.ada })
  const [grant] = body.grants as { id: number }[]
  expect(grant).toMatchObject({ scope: 'filter', filter, argumentsHash: '', usesLeft: 5 })
  await it.ask('DELETE', `/workspace/demo/grants/${grant?.id}`, { as: it.ada })
})

test('an agent is tried by a trigger of its own, which no list shows and nobody deletes', async () => {
  const body = {
    name: 'Tried',
    instructions: 'Try.',
    input: { type: 'object', properties: { n: { type: 'number' } } },
  }
  await it.ask('POST', '/workspace/demo/agents', { as: it.ben, body })
  const path = '/workspace/demo/agents/tried/try'
  expect((await it.ask('POST', path, { as: it.ben, body: { context: { n: 'x' } } })).status).toBe(422)
  const [one, two] = [
    await it.ask('POST', path, { as: it.ben, body: { context: { n: 1 } } }),
    await it.ask('POST', path, { as: it.ben, body: {} }),
  ]
  const { execution } = one.body as { execution: { triggerId: number } }
  expect(execution).toMatchObject({
    kind: 'try',
    staged: true,
    status: 'queued',
    requestedBy: { name: 'Ben' },
  })
  expect(two.body.execution).toMatchObject({ triggerId: execution.triggerId, status: 'queued' })
  const listed = async (query: string) =>
    (
      (await it.ask('GET', `/workspace/demo/triggers${query}`, { as: it.ben })).body.triggers as {
        id: number
      }[]
    ).map((one) => one.id)
  expect(await listed('')).not.toContain(execution.triggerId)
  expect(await listed('?kind=chat')).toEqual([execution.triggerId])
  const chat = `/workspace/demo/triggers/${execution.triggerId}`
  expect((await it.ask('DELETE', chat, { as: it.ada })).status).toBe(409)
  expect((await it.ask('GET', chat, { as: it.ada })).body.trigger).toMatchObject({
    kind: 'chat',
    health: 'new',
  })
  const more = { name: 'x', kind: 'chat', agentId: 'tried', agentType: 'custom' }
  expect((await it.ask('POST', '/workspace/demo/triggers', { as: it.ada, body: more })).status).toBe(422)
  expect((await it.ask('DELETE', '/workspace/demo/agents/tried', { as: it.ada })).status).toBe(200)
})

test('notes are read, written and taken away by those who plan, within their size', async () => {
  const path = `/workspace/demo/triggers/${triggerId}/notes`
  const notes = async () => (await it.ask('GET', path, { as: it.ben })).body.notes
  expect(await notes()).toBeNull()
  expect((await it.ask('PUT', path, { as: it.ben, body: { content: 'x'.repeat(16_385) } })).status).toBe(422)
  await it.ask('PUT', path, { as: it.ben, body: { content: 'Seen: 41' } })
  expect(await notes()).toMatchObject({ content: 'Seen: 41', version: 1, executionId: null })
  await it.ask('DELETE', path, { as: it.ben })
  expect(await notes()).toBeNull()
  const viewer = await it.key('viewer', 'demo')
  expect((await it.ask('GET', path, { as: viewer })).status).toBe(403)
})

test('what leaves the installation unasked is for administrators to allow', async () => {
  const agent = (tools: object[]) => ({ name: 'Poster', instructions: 'Post.', tools })
  const allowed = [{ name: 'http_request', approval: 'allow' }]
  const path = '/workspace/demo/agents'
  expect((await it.ask('POST', path, { as: it.ben, body: agent(allowed) })).status).toBe(403)
  expect((await it.ask('POST', path, { as: it.ada, body: agent(allowed) })).status).toBe(201)
  const change = (as: string, body: object) => it.ask('PUT', `${path}/poster`, { as, body })
  expect((await change(it.ben, { instructions: 'Post twice.' })).status).toBe(200)
  expect((await change(it.ben, { tools: [{ ...allowed[0], allowTainted: true }] })).status).toBe(403)
  expect((await change(it.ben, { tools: [{ name: 'http_request', approval: 'ask' }] })).status).toBe(200)
  expect((await change(it.ben, { tools: allowed })).status).toBe(403)
})

test('the arguments of a tool from elsewhere can be edited, and are judged by its schema', async () => {
  const fake = await fakeMcp()
  try {
    const inputSchema = { type: 'object', properties: { to: { type: 'string' } }, required: ['to'] }
    fake.tools = [{ name: 'send', inputSchema }]
    const server = { name: 'Fake', transport: 'http', url: fake.url }
    const added = await it.ask('POST', '/workspace/demo/mcp-servers', { as: it.ada, body: server })
    expect(added.status).toBe(201)
    const call = { tool: 'fake.send', effect: 'outside', arguments: '{"to":"all"}' }
    const id = await asked(call)
    const wrong = await decide(id, 'approve', it.ada, { arguments: { to: 7 } })
    expect([wrong.status, wrong.body.errors]).toMatchObject([422, [{ path: 'arguments.to' }]])
    const right = await decide(id, 'approve', it.ada, { arguments: { to: 'one' } })
    expect(right.body.approval).toMatchObject({ status: 'approved', editedArguments: { to: 'one' } })
  } finally {
    await fake.close()
  }
})
