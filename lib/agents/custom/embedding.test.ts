/** Who says what documents mean, asked over HTTP. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import * as models from '#db/queries/models.ts'
import { openSqlite } from '#db/sqlite/index.ts'
import type { Store } from '#db/store.ts'
import { type FakeModel, fakeModel } from '../testing/fake-model.ts'
import { createModels, type Models } from './model-client.ts'

let fake: FakeModel
let store: Store
let known: Models
beforeAll(async () => {
  fake = await fakeModel()
})
afterAll(() => fake.close())

const ENV = { ALLOWED_PRIVATE_NETWORKS: [], LLM_PROVIDER: 'openai-compatible' as const }
const modelsWith = (env: Partial<Parameters<typeof createModels>[0]['env']>) =>
  createModels({
    store,
    box: { close: (text) => text, open: (text) => text },
    env: { ...ENV, LLM_BASE_URL: fake.url, ...env },
  })
beforeEach(async () => {
  store = await openSqlite({ file: ':memory:' })
  await store.q.insert(store.t.workspaces).values({ name: 'Demo', slug: 'demo', createdAt: 0 })
  known = modelsWith({ LLM_EMBEDDING_MODEL: 'usual', LLM_API_KEY: 'sk-1' })
  fake.embeds = (text) => [text.length, 1]
  fake.embedded = []
  return async () => {
    await known.close()
    await store.close()
  }
})
const never = new AbortController().signal

test('the environment’s is asked with its key; a workspace’s own comes before it', async () => {
  const usual = await known.embedder(1)
  expect(await usual?.embed(['a', 'bcd'], never)).toEqual([
    [1, 1],
    [3, 1],
  ])
  expect(fake.embedded).toMatchObject([{ model: 'usual', input: ['a', 'bcd'], key: 'Bearer sk-1' }])

  const provider = {
    name: 'Own',
    kind: 'openai-compatible',
    baseUrl: fake.url,
    apiKey: null,
    apiKeyHint: null,
  }
  const settings = { ...provider, defaultModel: null, allowPrivate: true }
  await models.add(store, { ...settings, embeddingModel: 'own', workspaceId: 1 }, new Date(0))
  const own = await known.embedder(1)
  expect(own?.mark).not.toBe(usual?.mark)
  await own?.embed(['a'], never)
  expect(fake.embedded.at(-1)).toMatchObject({ model: 'own', key: undefined })
})

test('without one there is none', async () => {
  const bare = modelsWith({ LLM_MODEL: 'small' })
  expect(await bare.embedder(1)).toBeNull()
  await bare.close()
})

test.each([
  [400, false],
  [413, false],
  [401, true],
  [429, true],
  [503, true],
])('an answer %i says whether it is worth asking again', async (status, transient) => {
  fake.embeds = { status }
  await expect((await known.embedder(1))?.embed(['a'], never)).rejects.toMatchObject({
    message: `Environment, usual: It answers ${status}.`,
    transient,
  })
})

test('an address in the own network is refused to a workspace', async () => {
  const provider = {
    name: 'Own',
    kind: 'openai-compatible',
    baseUrl: fake.url,
    apiKey: null,
    apiKeyHint: null,
  }
  const settings = { ...provider, defaultModel: null, allowPrivate: false, embeddingModel: 'own' }
  await models.add(store, { ...settings, workspaceId: 1 }, new Date(0))
  await expect((await known.embedder(1))?.embed(['a'], never)).rejects.toThrow(/Refused to connect/)
  expect(fake.embedded).toEqual([])
})
