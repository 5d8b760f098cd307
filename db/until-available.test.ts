import pino from 'pino'
import { expect, test } from 'vitest'
import { handClock, seconds } from '#lib/clock.ts'
import { StoreUnavailable } from './store.ts'
import { untilAvailable } from './until-available.ts'

const away = () => new StoreUnavailable('PostgreSQL took too long.', null)

/** Lets the clock go on by a second as often as the work is tried again. */
async function attempt(errors: (n: number) => Error | null) {
  const clock = handClock('2026-03-01T09:00:00Z')
  let tries = 0
  const outcome = untilAvailable(
    async () => {
      const error = errors(tries++)
      // After the pause has begun.
      setImmediate(() => clock.advance(seconds(1)))
      if (error) throw error
      return 'there'
    },
    { clock, log: pino({ level: 'silent' }) },
  )
  return { said: await outcome.catch((error: Error) => error.message), tries }
}

test('a database that is slow at first is waited for', async () => {
  expect(await attempt((n) => (n < 3 ? away() : null))).toEqual({ said: 'there', tries: 4 })
})

test('after a minute the start ends with what the database said', async () => {
  expect(await attempt(away)).toEqual({ said: 'PostgreSQL took too long.', tries: 61 })
})

test('what no waiting mends ends the start at once', async () => {
  expect(await attempt(() => new Error('value out of range'))).toEqual({
    said: 'value out of range',
    tries: 1,
  })
})
