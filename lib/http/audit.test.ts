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

const MAIL = {
  ...{ host: 'smtp.example.com', port: 587, secure: false, from: 'c@example.com', user: null },
}
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
  ['PUT', '/secrets/TOKEN', { value: 'hidden' }, 'secret.create', 'TOKEN'],
  ['PUT', '/secrets/TOKEN', { value: 'hidden too' }, 'secret.update', 'TOKEN'],
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

test.each([
  [...['PUT', '', { name: 'Renamed' }, 'workspace.update'], [{ path: 'name', from: 'Other', to: 'Renamed' }]],
  ['PUT', '/mail-settings', MAIL, 'mailSettings.update', []],
  [
    ...['PUT', '/mail-settings', { ...MAIL, from: 'd@example.com' }, 'mailSettings.update'],
    [{ path: 'from', from: 'c@example.com', to: 'd@example.com' }],
  ],
  [
    ...[
      'PUT',
      '/budgets',
      { budgets: [{ scope: 'workspace', period: 'day', tokens: 900 }] },
      'budget.update',
    ],
    [{ path: 'workspace day', from: null, to: { tokens: 900, cost: null, warnAt: 0.8, over: 'skip' } }],
  ],
  ['PUT', '/budgets', { budgets: [] }, 'budget.update', [{ path: 'workspace day', to: null }]],
] as const)('%s %s says which fields are another', async (method, path, body, action, changes) => {
  await ask(method as 'PUT', AT + path, body)
  const entry = await last()
  expect(entry.action).toBe(action)
  for (const change of changes as readonly object[])
    expect(entry.changes).toContainEqual(expect.objectContaining(change))
})

test('of a member, a calendar and a provider, too', async () => {
  const made = async (path: string, body: object, noun: string) =>
    ((await ask('POST', AT + path, body))[noun] as { id: number }).id
  const calendar = await made('/calendars', { name: 'Days', dates: ['2026-12-24'] }, 'calendar')
  await ask('PUT', `${AT}/calendars/${calendar}`, { name: 'Holidays', dates: ['2026-12-24'] })
  expect((await last()).changes).toEqual([{ path: 'name', from: 'Days', to: 'Holidays' }])
  const provider = { kind: 'openai', name: 'Model', apiKey: 'sk-hidden-1234' }
  const id = await made('/model-providers', provider, 'provider')
  await ask('PUT', `${AT}/model-providers/${id}`, { name: 'Other model' })
  expect((await last()).changes).toEqual([{ path: 'name', from: 'Model', to: 'Other model' }])
  const { id: ben } = (await it.ask('GET', '/me', { as: it.ben })).body as { id: string }
  await ask('PUT', `${AT}/members/${ben}`, { role: 'viewer' })
  expect((await last()).changes).toEqual([{ path: 'role', from: 'editor', to: 'viewer' }])
  await ask('PUT', `${AT}/members/${ben}`, { role: 'editor' })
})

test('what a template makes is found as what it is', async () => {
  const input = { tasks: ['vacuum'], when: { time: '03:30', days: ['sunday'], timezone: 'Europe/Berlin' } }
  const used = await ask('POST', `${AT}/templates/weekly-cleanup/use`, { input })
  const [{ id }] = used.created as [{ id: number }]
  const found = await entries(`?object=trigger:${id}`)
  const object = { kind: 'trigger', id: String(id), name: 'Weekly cleanup' }
  expect(found).toMatchObject([{ action: 'trigger.create', object }])
})

test('what is gone goes by the name that it had', async () => {
  const { apiKey } = await ask('POST', '/api-keys', { name: 'Robot', role: 'viewer' }, it.root)
  const { id } = apiKey as { id: number }
  await ask('DELETE', `/api-keys/${id}`, undefined, it.root)
  const { body } = await it.ask('GET', `/audit?object=apiKey:${id}`, { as: it.root })
  expect(body.entries).toMatchObject([
    { action: 'apiKey.delete', object: { name: 'Robot' } },
    { action: 'apiKey.create', object: { name: 'Robot' } },
  ])
  const { document } = await ask('POST', `${AT}/documents`, { name: 'Manual', text: 'Press.' })
  await ask('DELETE', `${AT}/documents/${(document as { id: number }).id}`)
  expect(await last()).toMatchObject({ action: 'document.delete', object: { name: 'Manual' } })
  await ask('DELETE', `${AT}/secrets/TOKEN`)
  expect(await last()).toMatchObject({ action: 'secret.delete', object: { id: 'TOKEN', name: 'TOKEN' } })
})

test('a rule goes by the channel that it tells', async () => {
  const config = { topic: 'y' }
  const { channel } = await ask('POST', `${AT}/channels`, { kind: 'ntfy', name: 'Pager', config })
  const rule = { channelId: (channel as { id: number }).id, on: ['failure'] }
  const { id } = (await ask('POST', `${AT}/delivery-rules`, rule)).rule as { id: number }
  await ask('DELETE', `${AT}/delivery-rules/${id}`)
  expect((await entries(`?object=rule:${id}`)).map((one) => [one.action, one.object])).toEqual([
    ['rule.delete', { kind: 'rule', id: String(id), name: 'Pager' }],
    ['rule.create', { kind: 'rule', id: String(id), name: 'Pager' }],
  ])
})

test('an account that is disabled is named, with what is another', async () => {
  const { id } = (await it.ask('GET', '/me', { as: it.cleo })).body as { id: string }
  await ask('PUT', `/accounts/${id}`, { disabled: true }, it.root)
  const [entry] = (await it.ask('GET', '/audit?limit=1', { as: it.root })).body.entries as Entry[]
  expect(entry).toMatchObject({
    ...{ action: 'account.update', object: { kind: 'account', id, name: 'Cleo' } },
    changes: [{ path: 'disabled', from: false, to: true }],
  })
  await ask('PUT', `/accounts/${id}`, { disabled: false }, it.root)
})

test('a command of the chat is on record as what it has done', async () => {
  const { trigger } = (await ask('POST', `${AT}/triggers`, { ...schedule, name: 'Noon' })) as {
    trigger: { id: number }
  }
  await ask('POST', `${AT}/commands`, { text: '/pause Noon' })
  expect(await last()).toMatchObject({
    ...{ action: 'trigger.pause', via: 'chat', actor: { name: 'Ada' } },
    object: { kind: 'trigger', id: String(trigger.id), name: 'Noon' },
  })
  await ask('POST', `${AT}/commands`, { text: '/resume Noon' })
  expect((await last()).action).toBe('trigger.resume')
  const before = (await entries()).length
  await ask('POST', `${AT}/commands`, { text: '/schedules' })
  expect((await entries()).length).toBe(before)
})

test('what a tool of a run changes is on record in its agent’s name', async () => {
  const { body } = await it.ask('GET', AT, { as: it.ada })
  const { id: workspaceId } = body.workspace as { id: number }
  const { trigger } = (await ask('POST', `${AT}/triggers`, { ...schedule, name: 'Night' })) as {
    trigger: { id: number }
  }
  const agent = { id: 'scout', name: 'Scout' }
  const doings = it.carillon.doingsOf(workspaceId, 1)
  await doings.pauseSchedule({ triggerId: trigger.id, reason: 'It is quiet.', agent })
  expect(await last()).toMatchObject({
    ...{ action: 'trigger.pause', via: 'tool', actor: { kind: 'agent', id: 'agent:scout', name: 'Scout' } },
    object: { kind: 'trigger', id: String(trigger.id) },
  })
  await doings.writeDocument({ name: 'Notes', content: 'Quiet.', tainted: false, by: 'agent:scout' })
  expect(await last()).toMatchObject({ action: 'document.write', object: { name: 'Notes' } })
})

test('it is found by who, what and when; what belongs to the installation is there for its administrators', async () => {
  expect((await entries('?actor=ada')).every((one) => (one.actor as { name: string }).name === 'Ada')).toBe(
    true,
  )
  expect((await entries('?action=secret')).map((one) => one.action)).toEqual([
    'secret.delete',
    'secret.update',
    'secret.create',
  ])
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
