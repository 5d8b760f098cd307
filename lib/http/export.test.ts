/** The history as a file, as it is asked for. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type World, world } from './testing/world.ts'

let it: World
const AT = '/workspace/demo'
beforeAll(async () => {
  it = await world()
  const made = { name: '=HYPERLINK("http://x")', agentId: 'test-agent', cronExpression: '0 9 * * *' }
  const { body } = await it.ask('POST', `${AT}/triggers`, { as: it.ada, body: made })
  const { id } = body.trigger as { id: number }
  // More than one page of them: no engine runs here, so that they stay as they are.
  const runs = 230
  for (let n = 0; n < runs; n++) await it.ask('POST', `${AT}/triggers/${id}/run`, { as: it.ada, body: {} })
})
afterAll(() => it.close())

const get = (query: string, as = it.ben) => it.ask('GET', `${AT}/executions/${query}`, { as })

test('a file has every run once, whatever pages it was read in, and is only to be saved', async () => {
  const csv = await get('export')
  expect([csv.status, csv.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  expect(csv.headers.get('content-disposition')).toMatch(
    /^attachment; filename\*=UTF-8''runs%20of%20demo\.csv$/,
  )
  const { count } = (await get('count')).body as { count: number }
  const lines = csv.text.split('\r\n').filter((line) => line !== '')
  expect(lines.length - 1).toBe(count)
  expect(csv.text).not.toMatch(/,=HYPERLINK/)
  const all = JSON.parse((await get('export?format=json')).text) as { id: number }[]
  expect(new Set(all.map((one) => one.id)).size).toBe(count)
  const ndjson = await get('export?format=ndjson&status=success')
  expect([ndjson.headers.get('content-type'), ndjson.text]).toEqual(['application/x-ndjson', ''])
})

test('who may not look gets nothing', async () => {
  expect((await get('export', it.cleo)).status).toBe(404)
  expect((await get('export?format=xml')).status).toBe(422)
})

test('what waits is cancelled together, by who may', async () => {
  const viewer = await it.key('viewer', 'demo')
  const ask = (as: string, body: object) => it.ask('POST', `${AT}/executions/cancel`, { as, body })
  expect((await ask(viewer, {})).status).toBe(403)
  const { count } = (await get('count?status=queued')).body as { count: number }
  expect(count).toBeGreaterThan(0)
  const { body } = await ask(it.ben, { status: ['queued'], count })
  expect(body).toEqual({ done: count, refused: [] })
  expect((await get('count?status=queued')).body).toEqual({ count: 0, more: false, runs: 0 })
  expect((await ask(it.ben, { status: ['queued'], count })).status).toBe(409)
})
