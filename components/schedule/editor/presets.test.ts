import { afterEach, expect, test } from 'vitest'
import { frequencyOf, patternOf } from '#lib/contract/frequency.ts'
import { judgePattern } from '#lib/recurrence/index.ts'
import { labelOf, PRESETS, patternIn, zoneIn } from './presets.ts'

test.each(PRESETS)(
  'the preset "$words" is put together in parts, and comes back as it was',
  ({ pattern }) => {
    const frequency = frequencyOf(pattern)
    expect(frequency && patternOf(frequency)).toBe(pattern)
  },
)

test.each(PRESETS)('the preset "$words" is a pattern that runs', ({ pattern }) => {
  expect(judgePattern(pattern, 'UTC')).toEqual({ ok: true, pattern })
})

const READING = Symbol.for('carillon.reading')
afterEach(() => Reflect.deleteProperty(globalThis, READING))

test('the time of a preset is told by the clock of whoever looks', () => {
  const label = () => labelOf(PRESETS.find(({ words }) => words === 'Fridays') as (typeof PRESETS)[number])
  expect(label()).toBe('Fridays at 17:00')
  const reads = { timezone: null, clock: '12', language: 'en' }
  Object.assign(globalThis, { [READING]: () => reads })
  expect(label().replace(/\s/g, ' ')).toBe('Fridays at 5:00 PM')
})

test.each([
  ['0 22-2 * * *', '0 22-23,0-2 * * *'],
  ['5/15 * * * *', '5-59/15 * * * *'],
  ['0 9 * * FRI-MON', '0 9 * * 5-6,0-1'],
])('the remedy for %s is one click away', (pattern, remedy) => {
  const verdict = judgePattern(pattern, 'UTC')
  const proposed = verdict.ok ? null : patternIn(verdict.message)
  expect(proposed).toBe(remedy)
  expect(judgePattern(proposed ?? '', 'UTC').ok).toBe(true)
})

test.each(['0 61 * * *', 'hello', '@reboot', '0 0 30 2 *', ''])(
  'where nothing is proposed for "%s", nothing is offered',
  (pattern) => {
    const verdict = judgePattern(pattern, 'UTC')
    expect(verdict.ok ? 'accepted' : patternIn(verdict.message)).toBeNull()
  },
)

test('the city that is meant by an abbreviation is offered', () => {
  const verdict = judgePattern('0 9 * * *', 'PST')
  expect(verdict.ok ? null : zoneIn(verdict.message)).toBe('America/Los_Angeles')
  const unknown = judgePattern('0 9 * * *', 'Mars/Base')
  expect(unknown.ok ? 'accepted' : zoneIn(unknown.message)).toBeNull()
})
