import pino from 'pino'
import { expect, test } from 'vitest'
import type { Store } from '#db/store.ts'
import { handClock, hours, seconds } from './clock.ts'
import { followDatabase } from './database-clock.ts'

const log = pino({ level: 'silent' })
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test("follows the database and not the machine, whatever becomes of the machine's clock", async () => {
  const own = handClock('2026-03-01T09:00:00Z')
  let databaseMs = Date.parse('2026-03-01T08:00:00Z')
  const clock = await followDatabase(
    { clockSkewMs: async () => databaseMs - own.now().getTime() } as Store,
    own,
    log,
  )
  expect(clock.now().toISOString()).toBe('2026-03-01T08:00:00.000Z')
  own.jump(hours(5))
  expect(clock.now().toISOString()).toBe('2026-03-01T08:00:00.000Z')
  await turn()
  databaseMs += seconds(4)
  own.advance(seconds(4))
  expect(clock.now().toISOString()).toBe('2026-03-01T08:00:04.000Z')
  // The database's clock was put right by a minute: heard of at the next look.
  databaseMs += seconds(60 + 6)
  own.advance(seconds(6))
  await turn()
  expect(clock.now().toISOString()).toBe('2026-03-01T08:01:10.000Z')
})

test('after the machine slept, when its monotonic clock stood still, the database is asked at once', async () => {
  const own = handClock('2026-03-01T09:00:00Z')
  let databaseMs = Date.parse('2026-03-01T09:00:00Z')
  const clock = await followDatabase(
    { clockSkewMs: async () => databaseMs - own.now().getTime() } as Store,
    own,
    log,
  )
  own.jump(hours(8))
  databaseMs += hours(8)
  clock.now()
  await turn()
  expect(clock.now().toISOString()).toBe('2026-03-01T17:00:00.000Z')
})

test('while the database is away it goes on from what it read last, and asks again', async () => {
  const own = handClock('2026-03-01T09:00:00Z')
  let asked = 0
  const clock = await followDatabase(
    {
      clockSkewMs: () =>
        ++asked === 2 ? Promise.reject(new Error('away')) : Promise.resolve(asked === 1 ? 0 : seconds(3)),
    } as Store,
    own,
    log,
  )
  own.advance(seconds(10))
  await turn()
  expect(clock.now().toISOString()).toBe('2026-03-01T09:00:10.000Z')
  own.advance(seconds(10))
  await turn()
  expect([asked, clock.now().toISOString()]).toEqual([3, '2026-03-01T09:00:23.000Z'])
})
