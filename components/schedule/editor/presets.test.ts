import { expect, test } from 'vitest'
import { judgePattern } from '#lib/recurrence/index.ts'
import { DAYS, daysAndTimeOf, PRESETS, patternIn, patternOf, zoneIn } from './presets.ts'

test.each(PRESETS)('the preset "$label" is a pattern that runs', ({ pattern }) => {
  expect(judgePattern(pattern, 'UTC')).toEqual({ ok: true, pattern })
})

test.each(DAYS)('every $label at a time is written and read back', ({ value }) => {
  const pattern = patternOf({ days: value, time: '07:05' })
  expect(pattern).toBe(`5 7 * * ${value}`)
  expect(daysAndTimeOf(pattern ?? '')).toEqual({ days: value, time: '07:05' })
})

test.each(['*/5 * * * *', '0 9 1 * *', '0 9 * * 1,3', '0 25 * * 1', '@daily', ''])(
  '"%s" is not days and a time',
  (pattern) => {
    expect(daysAndTimeOf(pattern)).toBeNull()
  },
)

test('a time that is not complete writes nothing', () => {
  expect(patternOf({ days: '*', time: '' })).toBeNull()
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
