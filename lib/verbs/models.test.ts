/** Keys of models: sealed, hinted at, bound to their address, and each workspace's own. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type World, world } from '../http/testing/world.ts'

const KEY = 'sk-very-secret-0123456789-x4f2'
const OURS = {
  name: 'Ours',
  kind: 'openai-compatible',
  baseUrl: 'https://models.example.com/v1',
  apiKey: KEY,
}
let it: World
beforeAll(async () => {
  it = await world({ LLM_PROVIDER: 'anthropic', LLM_API_KEY: KEY, LLM_MODEL: 'claude' })
})
afterAll(() => it.close())

const providerOf = (body: Record<string, unknown>) => body.provider as { id: number; apiKeyHint: string }

test('a key goes in and never comes out: not in answers, not in the database, not in the log', async () => {
  const made = await it.ask('POST', '/workspace/demo/model-providers', { as: it.ada, body: OURS })
  expect([made.status, providerOf(made.body).apiKeyHint]).toEqual([201, '…x4f2'])
  const listed = await it.ask('GET', '/workspace/demo/model-providers', { as: it.ada })
  const shared = await it.ask('GET', '/model-providers', { as: it.root })
  expect(shared.body.providers).toMatchObject([{ id: 0, scope: 'environment', apiKeyHint: '…x4f2' }])
  const rows = JSON.stringify(await it.carillon.store.q.all(sql`select * from model_providers`))
  for (const text of [made.text, listed.text, shared.text, rows, it.log.join('')])
    expect(text).not.toContain('very-secret')
})

test('a key stays with the address that it was entered for', async () => {
  const { body } = await it.ask('POST', '/workspace/demo/model-providers', { as: it.ada, body: OURS })
  const path = `/workspace/demo/model-providers/${providerOf(body).id}`
  const renamed = await it.ask('PUT', path, { as: it.ada, body: { name: 'Renamed' } })
  expect(renamed.body.provider).toMatchObject({ name: 'Renamed', apiKeyHint: '…x4f2' })
  const moved = await it.ask('PUT', path, { as: it.ada, body: { baseUrl: 'https://evil.example.com/v1' } })
  expect([moved.status, moved.body.errors]).toMatchObject([422, [{ path: 'apiKey' }]])
  const withKey = { baseUrl: 'https://other.example.com/v1', apiKey: 'another-key-abcd' }
  expect((await it.ask('PUT', path, { as: it.ada, body: withKey })).body.provider).toMatchObject({
    apiKeyHint: '…abcd',
  })
})

test('a workspace sees and asks its own and the installation’s, and names no other’s', async () => {
  const { body } = await it.ask('POST', '/workspace/other/model-providers', { as: it.cleo, body: OURS })
  const { id } = providerOf(body)
  const agent = { name: 'A', instructions: 'x', model: { providerId: id, model: 'm' } }
  const refused = await it.ask('POST', '/workspace/demo/agents', { as: it.ben, body: agent })
  expect([refused.status, refused.body.errors]).toMatchObject([422, [{ path: 'model.providerId' }]])
  expect((await it.ask('POST', '/workspace/other/agents', { as: it.cleo, body: agent })).status).toBe(201)
  const usable = await it.ask('GET', '/workspace/demo/models', { as: it.ben })
  expect((usable.body.models as { providerId: number }[]).map((one) => one.providerId)).not.toContain(id)
  expect(usable.body.models).toContainEqual({ providerId: 0, provider: 'Environment', model: 'claude' })
})

test('only who administers the installation lets a provider stand in the own network', async () => {
  const body = { ...OURS, allowPrivate: true }
  expect((await it.ask('POST', '/workspace/demo/model-providers', { as: it.ada, body })).status).toBe(422)
  expect((await it.ask('POST', '/model-providers', { as: it.root, body })).status).toBe(201)
})

test('an agent that was edited meanwhile is not written over unseen, and each change is a revision', async () => {
  const made = await it.ask('POST', '/workspace/demo/agents', {
    as: it.ben,
    body: { name: 'Crème brûlée!', instructions: 'Cook.' },
  })
  expect(made.body.agent).toMatchObject({ id: 'creme-brulee', revision: 1 })
  const path = '/workspace/demo/agents/creme-brulee'
  const change = (body: unknown) => it.ask('PUT', path, { as: it.ben, body })
  expect((await change({ instructions: 'Bake.', revision: 1 })).body.agent).toMatchObject({ revision: 2 })
  expect((await change({ instructions: 'Fry.', revision: 1 })).status).toBe(409)
  expect((await change({ instructions: 'Bake.' })).body.agent).toMatchObject({ revision: 2 })
  // Made anew after it was deleted, it goes on counting.
  expect((await it.ask('DELETE', path, { as: it.ben })).status).toBe(200)
  expect((await it.ask('GET', path, { as: it.ben })).status).toBe(404)
  const again = await it.ask('POST', '/workspace/demo/agents', {
    as: it.ben,
    body: { name: 'Crème brûlée!', instructions: 'Cook.' },
  })
  expect(again.body.agent).toMatchObject({ revision: 3 })
  const system = { name: 'x', id: 'summary-agent', instructions: 'x' }
  expect((await it.ask('POST', '/workspace/demo/agents', { as: it.ben, body: system })).status).toBe(409)
})

test('prices are shipped with their day, and an installation may have its own', async () => {
  const shipped = await it.ask('GET', '/model-prices', { as: it.root })
  expect(shipped.body).toMatchObject({ asOf: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), revision: 1 })
  const put = (body: unknown) => it.ask('PUT', '/model-prices', { as: it.root, body })
  const own = { asOf: '2026-11-28', prices: [{ model: 'llama*', input: 0, cachedInput: null, output: 0 }] }
  expect(await put({ ...own, revision: 1 })).toMatchObject({ status: 200, body: { ...own, revision: 2 } })
  expect((await it.ask('GET', '/model-prices', { as: it.root })).body).toEqual({ ...own, revision: 2 })
  const late = await put({ asOf: '2026-11-29', prices: [], revision: 1 })
  expect([late.status, late.body.detail]).toEqual([
    409,
    expect.stringMatching(/^root changed the prices at .+Z; they are at revision 2 now\. Look at them again/),
  ])
  expect((await it.ask('GET', '/model-prices', { as: it.root })).body).toEqual({ ...own, revision: 2 })
  expect((await put(own)).body).toMatchObject({ revision: 3 })
})

test('a price that could not be meant is refused, with its place, its value and the remedy', async () => {
  const price = (model: string, input = 1) => ({ model, input, output: 1 })
  const given = [price('a*'), price('gpt-*-mini'), price('a*'), price('b', -1)]
  const { body } = await it.ask('PUT', '/model-prices', {
    as: it.root,
    body: { asOf: '2026-11-28', prices: given.slice(0, 3) },
  })
  const twice = 'is "a*", which has another price too: change that one, or give this one another name'
  expect(body.errors).toEqual([
    { path: 'prices.0.model', message: twice },
    { path: 'prices.1.model', message: 'is "gpt-*-mini": a * can stand at its end only' },
    { path: 'prices.2.model', message: twice },
  ])
  const cheap = await it.ask('PUT', '/model-prices', {
    as: it.root,
    body: { asOf: 'today', prices: given.slice(3) },
  })
  expect(cheap.body.errors).toEqual([
    { path: 'asOf', message: 'expects a day such as 2026-11-23' },
    { path: 'prices.0.input', message: 'must be at least 0, not -1' },
  ])
})
