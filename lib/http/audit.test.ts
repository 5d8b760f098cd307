/** The record of changes, as the doors write it and administrators read it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { api, type Endpoint } from '#lib/contract/api.ts'
import { namedBy } from './recorded.ts'
import { type World, world } from './testing/world.ts'

let it: World
const AT = '/workspace/demo'
beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

type Entry = Record<string, unknown> & { action: string; object: { kind: string; id: string | null } }
const entries = async (query = '') =>
  (await it.ask('GET', `${AT}/audit${query}`, { as: it.ada })).body.entries as Entry[]
const last = async () => (await entries('?limit=1'))[0] as Entry
async function ask(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, as = it.ada) {
  const answer = await it.ask(method, path, { as, ...(body !== undefined && { body }) })
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.body
}

test('every endpoint that changes something has a name of its own in the record', () => {
  const named = Object.values<Endpoint>(api).flatMap((endpoint) => {
    const it = namedBy(endpoint)
    return it
      ? [[`${endpoint.method} ${endpoint.path.replace('agent-schedules', 'triggers')}`, it.action]]
      : []
  })
  const actions = new Map(named as [string, string][])
  expect(actions.get('PUT /workspace/{slug}/triggers/{id}')).toBe('trigger.update')
  expect(actions.get('POST /workspace/{slug}/triggers')).toBe('trigger.create')
  expect(actions.get('POST /workspace/{slug}/triggers/{id}/toggle')).toBe('trigger.toggle')
  expect(actions.get('PUT /workspace/{slug}/triggers/{id}/notes')).toBe('trigger.notes.update')
  expect(actions.get('POST /workspace/{slug}/approvals/{id}/approve')).toBe('approval.approve')
  expect(actions.get('PUT /workspace/{slug}')).toBe('workspace.update')
  expect(actions.get('PUT /workspace/{slug}/members/{userId}')).toBe('member.update')
  expect(actions.get('POST /workspace/{slug}/messages')).toBeUndefined()
  // An admin may give somebody else's message other words.
  expect(actions.get('PUT /workspace/{slug}/messages/{id}')).toBe('message.update')
  expect(actions.size).toBeGreaterThan(60)
})

const schedule = { name: 'Digest', agentId: 'email-monitor', cronExpression: '0 9 * * *' }
const mailbox = (password: string) => ({
  mailbox: { host: 'imap.example.com', port: 993, secure: true, user: 'ada', password },
})

test('who changed what, from where, with each field and no secret', async () => {
  const { trigger } = (await ask('POST', `${AT}/triggers`, {
    ...schedule,
    context: mailbox('hidden-one'),
  })) as {
    trigger: { id: number }
  }
  expect(await last()).toMatchObject({
    actor: { kind: 'person', name: 'Ada' },
    via: 'web',
    action: 'trigger.create',
    object: { kind: 'trigger', id: String(trigger.id), name: 'Digest' },
    changes: [],
    workspace: 'demo',
  })
  const key = await it.key('editor', 'demo')
  const change = { name: 'Mail', context: mailbox('hidden-two') }
  await ask('PUT', `${AT}/triggers/${trigger.id}`, change, key)
  expect(await last()).toMatchObject({
    actor: { kind: 'key' },
    via: 'api',
    action: 'trigger.update',
    object: { id: String(trigger.id), name: 'Mail' },
    changes: [
      { path: 'name', from: 'Digest', to: 'Mail' },
      { path: 'context.mailbox.password', from: '•••', to: '•••' },
    ],
  })
  await ask('DELETE', `${AT}/triggers/${trigger.id}`)
  expect(await last()).toMatchObject({ action: 'trigger.delete', object: { name: 'Mail' } })
  const { text } = await it.ask('GET', `${AT}/audit`, { as: it.ada })
  expect(text).not.toContain('hidden')
  expect(text).not.toContain('sealed')
})

test('a run that is asked for is of its schedule, and the entry says so, whatever number both have', async () => {
  const made = { name: 'Runs', agentId: 'test-agent', cronExpression: '0 9 * * *' }
  const { trigger } = (await ask('POST', `${AT}/triggers`, made)) as { trigger: { id: number } }
  for (let n = 0; n <= trigger.id; n++) await ask('POST', `${AT}/triggers/${trigger.id}/run`, {})
  expect(
    (await entries(`?object=trigger:${trigger.id}&action=trigger.run`)).map((one) => one.object),
  ).toEqual(
    Array.from({ length: trigger.id + 1 }, () => ({ kind: 'trigger', id: String(trigger.id), name: 'Runs' })),
  )
})

test('what is refused, or is so already, or only looks, is not on record', async () => {
  const made = { name: 'Quiet', agentId: 'test-agent', cronExpression: '0 9 * * *' }
  const { trigger } = (await ask('POST', `${AT}/triggers`, made)) as { trigger: { id: number } }
  const before = (await entries()).length
  const refused = await it.ask('PUT', `${AT}/triggers/${trigger.id}`, {
    as: it.ada,
    body: { name: 'x', revision: 99 },
  })
  expect(refused.status).toBe(409)
  await ask('POST', `${AT}/triggers/${trigger.id}/toggle`, { enabled: true })
  await ask('POST', '/cron/preview', { cronExpression: '0 9 * * *' })
  expect((await entries()).length).toBe(before)
})

test.each([
  ['PUT', '/secrets/TOKEN', { value: 'hidden' }, 'secret.update', 'TOKEN'],
  ['POST', '/channels', { kind: 'ntfy', name: 'Phone', config: { topic: 'x' } }, 'channel.create', null],
  ['PUT', '', { name: 'Other' }, 'workspace.update', null],
  ['POST', '/members', { email: 'eve@example.com' }, 'member.create', null],
  ['POST', '/agents', { id: 'scout', name: 'Scout', instructions: 'Look.' }, 'agent.create', 'scout'],
  ['DELETE', '/agents/scout', undefined, 'agent.delete', 'scout'],
  ['PUT', '/budgets', { budgets: [] }, null, null],
] as const)('%s %s is recorded', async (method, path, body, action, id) => {
  const before = (await entries()).length
  await ask(method, AT + path, body)
  if (action === null) return expect((await entries()).length).toBeGreaterThanOrEqual(before)
  expect(await last()).toMatchObject({ action, ...(id !== null && { object: { id } }) })
})

test('it is found by who, what and when; what belongs to the installation is there for its administrators', async () => {
  expect((await entries('?actor=ada')).every((one) => (one.actor as { name: string }).name === 'Ada')).toBe(
    true,
  )
  expect((await entries('?action=secret')).map((one) => one.action)).toEqual(['secret.update'])
  expect((await entries('?action=secret.update&object=secret:TOKEN')).length).toBe(1)
  expect((await entries('?object=Scout')).map((one) => one.action)).toEqual(['agent.delete', 'agent.create'])
  expect(await entries('?to=2000-01-01T00:00:00Z')).toEqual([])
  const first = await it.ask('GET', `${AT}/audit?limit=2`, { as: it.ada })
  const next = await it.ask('GET', `${AT}/audit?limit=2&cursor=${first.body.nextCursor}`, { as: it.ada })
  expect((next.body.entries as Entry[])[0]?.id).toBeLessThan((first.body.entries as Entry[])[1]?.id as number)
  await it.ask('PUT', '/scheduler', { as: it.root, body: { paused: true } })
  await it.ask('PUT', '/scheduler', { as: it.root, body: { paused: false } })
  const shared = await it.ask('GET', '/audit?action=scheduler', { as: it.root })
  expect(shared.body.entries).toMatchObject([
    { action: 'scheduler.update', workspace: null },
    { action: 'scheduler.update', workspace: null },
  ])
})
