/** The ordeal of three servers, in its short form; `npm run bench -- ordeal` is the long one. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '#db/testing/postgres-server.ts'
import { ordeal } from './fixtures/ordeal.ts'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres({ durable: true })
})
afterAll(() => postgres.stop())

test('every planned instant once, one message each, every event heard once, whatever befalls the servers and their database', async () => {
  const { problems, kills, heard, rows } = await ordeal({
    postgres,
    schedules: 24,
    instants: 0,
    cutOffMs: 60_000,
    backWithinMs: 600_000,
    say: () => {},
  })
  expect(problems.join('\n')).toBe('')
  expect(kills).toBeGreaterThanOrEqual(8)
  expect(rows.find((it) => it.status === 'success')?.rows).toBeGreaterThan(60)
  expect(heard).toBeGreaterThan(180)
  expect(rows.reduce((sum, it) => sum + it.crashed, 0)).toBeGreaterThan(0)
}, 1_200_000)
