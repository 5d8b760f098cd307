import pino from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { type HandClock, handClock, seconds } from '../clock.ts'
import { createScope, type Scope } from './scope.ts'

let clock: HandClock
let logged: string[]
let scope: Scope
beforeEach(() => {
  clock = handClock('2026-03-01T09:00:00Z')
  logged = []
  const log = pino(
    {},
    { write: (line: string) => void logged.push((JSON.parse(line) as { msg: string }).msg) },
  )
  scope = createScope({ clock, log, executionId: 7 })
})

test('what was started is ended once, the newest first', async () => {
  const ended: string[] = []
  scope.onEnd(() => ended.push('first'))
  scope.onEnd(() => ended.push('second'))
  await Promise.all([scope.end(), scope.end()])
  await scope.end()
  expect(ended).toEqual(['second', 'first'])
})

test('an error is logged, and the others are ended all the same', async () => {
  let ended = false
  scope.onEnd(() => {
    ended = true
  })
  scope.onEnd(() => Promise.reject(new Error('no')))
  scope.onEnd(() => {
    throw new Error('neither')
  })
  await scope.end()
  expect(ended).toBe(true)
  expect(logged).toEqual([
    'What an agent had started could not be ended.',
    'What an agent had started could not be ended.',
  ])
})

test('nobody waits longer than five seconds', async () => {
  scope.onEnd(() => new Promise(() => {}))
  const ended = scope.end()
  clock.advance(seconds(5))
  await ended
  expect(logged).toEqual(['What an agent had started has not ended in time.'])
})

test('what is started after the end is ended at once', async () => {
  await scope.end()
  let ended = false
  scope.onEnd(() => {
    ended = true
  })
  expect(ended).toBe(true)
})

test('a part may end earlier, and ends with the whole at the latest', async () => {
  const ended: string[] = []
  const [early, late] = [scope.part(), scope.part()]
  early.onEnd(() => ended.push('early'))
  late.onEnd(() => ended.push('late'))
  await early.end()
  expect(ended).toEqual(['early'])
  await scope.end()
  expect(ended).toEqual(['early', 'late'])
})
