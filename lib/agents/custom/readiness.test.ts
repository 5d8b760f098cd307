/** Whether an agent's model could be asked, against a provider on loopback. */
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSqlite } from '#db/sqlite/index.ts'
import { createModels } from './model-client.ts'
import { SHIPPED } from './prices.ts'
import { mailChecks, modelChecks } from './readiness.ts'

let server: Server
let url: string
let answer = { status: 200, body: '{"data":[{"id":"gpt-4o"}]}' }
beforeAll(async () => {
  server = createServer((_request, response) => response.writeHead(answer.status).end(answer.body))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
afterAll(() => server.close())

async function checks({
  model = 'gpt-4o',
  at = url,
  maxCost = null as number | null,
  probe = true,
  set = true,
} = {}) {
  const store = await openSqlite({ file: ':memory:' })
  const models = createModels({
    store,
    box: { close: (text) => text, open: (text) => text },
    env: {
      ALLOWED_PRIVATE_NETWORKS: [],
      ...(set && { LLM_PROVIDER: 'openai-compatible' as const, LLM_BASE_URL: at, LLM_MODEL: model }),
    },
  })
  try {
    const found = await modelChecks(() => models.find(1, null), { probe, prices: SHIPPED, maxCost })
    return found.map(({ state, code }) => [state, code])
  } finally {
    await models.close()
    await store.close()
  }
}

test.each([
  ['it answers, with this model', { status: 200, body: '{"data":[{"id":"gpt-4o"}]}' }, [['ok', null]]],
  [
    'it does not know the model',
    { status: 200, body: '{"data":[{"id":"other"}]}' },
    [['warning', 'missing']],
  ],
  ['the key is wrong', { status: 401, body: '' }, [['failing', 'reauth_required']]],
  ['it has no list', { status: 404, body: '' }, [['warning', 'misconfigured']]],
  ['it is ill', { status: 503, body: '' }, [['warning', 'unreachable']]],
])('%s', async (_what, given, expected) => {
  answer = given
  expect(await checks()).toEqual(expected)
})

test('nothing is set up; nobody answers; nobody knows the price', async () => {
  expect(await checks({ set: false })).toEqual([['failing', 'missing']])
  expect(await checks({ at: 'http://127.0.0.1:1/v1' })).toEqual([['warning', 'unreachable']])
  const unpriced = { model: 'llama', probe: false }
  expect(await checks(unpriced)).toEqual([
    ['ok', null],
    ['warning', 'no_price'],
  ])
  expect(await checks({ ...unpriced, maxCost: 1 })).toEqual([
    ['ok', null],
    ['failing', 'no_price'],
  ])
})

test('mail that cannot be sent is a fault with its remedy', () => {
  expect(mailChecks({ scope: 'environment', from: 'a@example.com', row: null })).toMatchObject([
    { state: 'ok' },
  ])
  expect(mailChecks(null)).toMatchObject([
    { kind: 'channel', state: 'failing', code: 'missing', remedy: expect.stringContaining('under Mail') },
  ])
})
