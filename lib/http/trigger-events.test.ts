/** What has happened, who looked at it, and what a draft would make of it, through the real routes. */
import { recordFacts } from '#db/queries/facts.ts'
import { countEvents, lockWorkspaces } from '#db/queries/story.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { minutes } from '../clock.ts'
import { type World, world } from './testing/world.ts'

let it: World
beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

const AT = '/workspace/demo'
async function ask<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  const answer = await it.ask(method, AT + path, { as: it.ben, ...(body !== undefined && { body }) })
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.body as Answer
}
interface Result {
  verdict: string
  reason: string | null
}
const tried = async (trigger: object, body: object = {}) =>
  (
    await ask<{ results: Result[] }>('POST', '/triggers/test', {
      trigger: { name: 'Draft', agentId: 'test-agent', ...trigger },
      ...body,
    })
  ).results
const made = async (trigger: object) =>
  (await ask<{ trigger: { id: number } }>('POST', '/triggers', { agentId: 'test-agent', ...trigger })).trigger

test('code tells of what happens by one door, and whoever waits for it says what they made of it', async () => {
  const filter = { path: 'data.total', op: 'gt', value: 100 }
  const large = await made({
    name: 'Large',
    kind: 'event',
    event: { types: ['custom.order'], filter },
  })
  const any = await made({ name: 'Any', kind: 'event', event: { types: ['custom.*'] } })
  await made({ name: 'Other', kind: 'event', event: { types: ['custom.other'] } })
  it.clock.advance(minutes(1))
  const { workspace } = await ask<{ workspace: { id: number } }>('GET', '')
  const { triggerProactiveAgents } = it.carillon
  const payload = { workspaceId: workspace.id, total: 40 }
  for (let n = 0; n < 2; n++) await triggerProactiveAgents('custom.order', payload, { dedupeKey: 'order 1' })
  await expect(triggerProactiveAgents('order', payload)).rejects.toThrow('no type of the catalogue')
  const { events } = await ask<{ events: { id: number; data: object; actor: object }[] }>(
    'GET',
    '/trigger-events?type=custom.order',
  )
  expect(events).toMatchObject([{ data: { total: 40 }, actor: { kind: 'system', name: 'Carillon' } }])
  const { id } = events[0] as { id: number }
  const before = await ask<{ heardBy: { triggerId: number; verdict: string }[] }>(
    'GET',
    `/trigger-events/${id}`,
  )
  expect(before.heardBy.map((one) => [one.triggerId, one.verdict])).toEqual([
    [large.id, 'queued'],
    [any.id, 'queued'],
  ])
  expect((await it.ask('GET', `${AT}/trigger-events/999999`, { as: it.ben })).status).toBe(404)
})

test('a draft of a webhook is tried on a call that is made up, and on the newest that came', async () => {
  const filter = { path: 'body.order', op: 'gt', value: 7 }
  const draft = { kind: 'webhook', webhook: { scheme: 'token', filter } }
  const call = (body: unknown) => ({ event: { type: 'webhook', data: { body } } })
  expect(await tried(draft, call({ order: 8 }))).toMatchObject([{ verdict: 'fired', reason: null }])
  expect(await tried(draft, call({ order: 7 }))).toMatchObject([
    { verdict: 'filtered', reason: expect.stringContaining('body.order') },
  ])
  expect(await tried(draft)).toEqual([])
  const { webhook } = await ask<{ webhook: { url: string; secret: string } }>('POST', '/triggers', {
    ...{ name: 'Calls', agentId: 'test-agent', kind: 'webhook', webhook: { scheme: 'token' } },
  })
  for (const order of [5, 9])
    await it.ask('POST', new URL(webhook.url).pathname.slice('/api'.length), {
      body: { order },
      headers: { authorization: `Bearer ${webhook.secret}`, 'idempotency-key': `order-${order}` },
    })
  expect((await tried(draft)).map(({ verdict }) => verdict)).toEqual(['fired', 'filtered'])
  expect((await tried(draft, { recent: 1 })).map(({ verdict }) => verdict)).toEqual(['fired'])
})

test('a draft says where a chain would be too long for it', async () => {
  const { store, clock } = it.carillon
  const { id: triggerId } = await made({ name: 'First', cronExpression: '0 9 * * *' })
  const { execution } = await ask<{ execution: { id: number } }>('POST', `/triggers/${triggerId}/run`, {})
  await store.q.update(store.t.executions).set({ chainDepth: 3 })
  const { workspace } = await ask<{ workspace: { id: number } }>('GET', '')
  const actor = { kind: 'system', id: null, name: 'Shop' } as const
  const fact = { workspaceId: workspace.id, type: 'custom.deep', occurredAt: clock.now(), actor, data: {} }
  await store.atomically([
    lockWorkspaces([workspace.id]),
    recordFacts([{ ...fact, executionId: execution.id }], clock.now()),
    countEvents([workspace.id]),
  ])
  const of = (maxDepth: number) => tried({ kind: 'event', event: { types: ['custom.deep'], maxDepth } })
  expect(await of(8)).toMatchObject([{ verdict: 'fired' }])
  expect(await of(2)).toMatchObject([
    { verdict: 'depth', reason: expect.stringMatching(/runs deep in a chain, and may lie 2/) },
  ])
})
