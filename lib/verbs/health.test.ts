/** What a server says of itself to whoever operates it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from 'drizzle-orm'
import { setBack } from '#db/queries/clock.ts'
import { raw } from '#db/testing/raw.ts'
import { hours, seconds } from '../clock.ts'
import { type World, world } from '../http/testing/world.ts'

let it: World
beforeAll(async () => {
  it = await world()
})
afterAll(() => it.close())

test('health names a clock that is off by more than two seconds, and no smaller difference', async () => {
  const { store } = it.carillon
  const { clockSkewMs } = store
  Object.assign(store, { clockSkewMs: async () => seconds(-1.9) })
  expect(await it.carillon.health()).toMatchObject({ status: 'ok', clockSkewMs: -1900, problems: [] })
  Object.assign(store, { clockSkewMs: async () => seconds(2.1) })
  expect(await it.carillon.health()).toMatchObject({
    status: 'degraded',
    problems: ["This machine's clock differs from the database's by 2.1 s. Due times follow the database."],
  })
  Object.assign(store, { clockSkewMs })
})

test('health names a clock that was set back, for an hour', async () => {
  const { store } = it.carillon
  const now = new Date()
  const back = (since: Date) =>
    setBack(store, { now: since, since, byMs: hours(3), reason: 'The clock was set back by 3 h.', early: '' })
  await back(new Date(now.getTime() - hours(2)))
  expect(await it.carillon.health()).toMatchObject({ status: 'ok', problems: [] })
  await back(now)
  expect(await it.carillon.health()).toMatchObject({
    status: 'degraded',
    problems: [expect.stringMatching(/^The clock was set back by 3 h\. \(at .*Z\) What had run/)],
  })
  await store.atomically([raw(sql`delete from outages`)])
})

test('while the database is away the server is degraded and not ready, with the reason; then both by itself again', async () => {
  const { store } = it.carillon
  const { all, clockSkewMs } = store
  const away = () => Promise.reject(new Error('PostgreSQL does not answer: it sleeps'))
  Object.assign(store, { all: away, clockSkewMs: away })
  expect(await it.carillon.ready()).toEqual({ ready: false, reason: 'PostgreSQL does not answer: it sleeps' })
  expect(await it.carillon.health()).toMatchObject({
    status: 'degraded',
    problems: ['PostgreSQL does not answer: it sleeps'],
  })
  Object.assign(store, { all, clockSkewMs })
  expect(await it.carillon.ready()).toEqual({ ready: true, reason: null })
  expect(await it.carillon.health()).toMatchObject({ status: 'ok', problems: [] })
})

test('readiness goes red with the first word of a stop', async () => {
  const stopping = it.carillon.stop()
  expect(await it.carillon.ready()).toEqual({ ready: false, reason: 'The server is stopping.' })
  await stopping
})
