import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConditionTrigger } from '../contract/condition-trigger.ts'
import { type Look, looked, type LookVerdict, UNKNOWN, type Watch } from './state.ts'

const EVERY = 60
const T0 = Date.parse('2026-03-01T08:00:00Z')
const source = { kind: 'http', url: 'https://example.com', as: 'number', path: 'n' } as const
const rule = (of: Record<string, unknown>) =>
  ConditionTrigger.parse({ source, everySeconds: EVERY, when: { op: 'above', value: 90 }, ...of })
const read = (value: number | string | boolean, ids?: string[]): Look => ({
  kind: 'read',
  reading: { value, ...(ids && { ids }) },
})
const failed: Look = { kind: 'failed', error: 'It is away.' }

type Step = number | string | boolean | 'x' | string[]
const lookOf = (it: Step): Look => (it === 'x' ? failed : Array.isArray(it) ? read(it.length, it) : read(it))

/** The verdicts of looks a minute apart; an instant in front of a value is when it is looked at, in seconds. */
function played(of: Parameters<typeof rule>[0], steps: (Step | [at: number, value: Step])[]) {
  const config = rule(of)
  let watch: Watch = UNKNOWN
  let at = -EVERY
  return steps.map((step) => {
    const isTimed = Array.isArray(step) && typeof step[0] === 'number'
    at = isTimed ? (step[0] as number) : at + EVERY
    const it = looked(watch, lookOf((isTimed ? step[1] : step) as Step), config, T0 + at * 1000)
    watch = it.watch
    return it.verdict
  })
}

const below = { when: { op: 'below', value: 20, clear: 30 } }
const text = { source: { ...source, as: 'text' } }
const feed = { source: { kind: 'feed', url: 'https://example.com/feed' } }
test.each<[string, Record<string, unknown>, Parameters<typeof played>[1], LookVerdict[]]>([
  ['a line that is crossed fires once', {}, [1, 91, 95, 91], ['not_true', 'fired', 'filtered', 'filtered']],
  ['and again after it came back', {}, [1, 91, 90, 91], ['not_true', 'fired', 'not_true', 'fired']],
  ['on the line is not above it', {}, [1, 90], ['not_true', 'not_true']],
  [
    'what holds at the first check does not fire',
    {},
    [91, 92, 1, 93],
    ['filtered', 'filtered', 'not_true', 'fired'],
  ],
  ['unless it is to', { onFirst: 'fire' }, [91, 92], ['fired', 'filtered']],
  [
    'with a clear line it is armed beyond that only',
    { when: { op: 'above', value: 90, clear: 80 } },
    [1, 91, 85, 95, 80, 91],
    ['not_true', 'fired', 'filtered', 'filtered', 'not_true', 'fired'],
  ],
  [
    'below has its clear line above',
    below,
    [25, 19, 25, 19, 30, 19],
    ['not_true', 'fired', 'filtered', 'filtered', 'not_true', 'fired'],
  ],
  [
    'it must hold for so long',
    { forSeconds: 120 },
    [1, 91, 91, 91, 91],
    ['not_true', 'pending', 'pending', 'fired', 'filtered'],
  ],
  [
    'a look that does not hold begins anew',
    { forSeconds: 120 },
    [1, 91, 91, 1, 91, 91, 91],
    ['not_true', 'pending', 'pending', 'not_true', 'pending', 'pending', 'fired'],
  ],
  [
    'of two looks far apart the time between does not count',
    { forSeconds: 120 },
    [
      [0, 1],
      [60, 91],
      [400, 91],
      [460, 91],
      [520, 91],
    ],
    ['not_true', 'pending', 'pending', 'pending', 'fired'],
  ],
  [
    'nor where the clock went back',
    { forSeconds: 60 },
    [
      [0, 1],
      [600, 91],
      [60, 91],
      [120, 91],
    ],
    ['not_true', 'pending', 'pending', 'fired'],
  ],
  [
    'one look that fails in between is no gap',
    { forSeconds: 120 },
    [1, 91, 'x', 91],
    ['not_true', 'pending', 'error', 'fired'],
  ],
  [
    'two that fail are one',
    { forSeconds: 120 },
    [1, 91, 'x', 'x', 91, 91, 91],
    ['not_true', 'pending', 'error', 'error', 'pending', 'pending', 'fired'],
  ],
  [
    'a look that fails leaves it as it was',
    {},
    [1, 91, 'x', 91, 1, 'x', 91],
    ['not_true', 'fired', 'error', 'filtered', 'not_true', 'error', 'fired'],
  ],
  ['what is no number is a look that fails', {}, [1, 'so', 91], ['not_true', 'error', 'fired']],
  ['but a text that is one counts', {}, ['1', ' 91.5 '], ['not_true', 'fired']],
  [
    'a crossing soon after is passed over, and not made up for',
    { cooldownSeconds: 200 },
    [1, 91, 1, 91, 91, 91, 1, 91],
    ['not_true', 'fired', 'not_true', 'cooldown', 'filtered', 'filtered', 'not_true', 'fired'],
  ],
  [
    'a clock that went back ends the rest',
    { cooldownSeconds: 3600 },
    [
      [0, 1],
      [60, 91],
      [-500, 1],
      [-440, 91],
    ],
    ['not_true', 'fired', 'not_true', 'fired'],
  ],
  [
    'equals goes by the type',
    { ...text, when: { op: 'equals', value: '5' } },
    ['4', 5, '5'],
    ['not_true', 'not_true', 'fired'],
  ],
  [
    'not_equals',
    { source: { ...source, as: 'boolean' }, when: { op: 'not_equals', value: true } },
    [true, false],
    ['not_true', 'fired'],
  ],
  [
    'a pattern',
    { ...text, when: { op: 'matches', value: '^sold' } },
    ['there', 'sold out', 5],
    ['not_true', 'fired', 'error'],
  ],
  [
    'each change is a crossing',
    { ...text, when: { op: 'changes' } },
    ['a', 'a', 'b', 'c', 'c'],
    ['not_true', 'not_true', 'fired', 'fired', 'not_true'],
  ],
  [
    'a change is counted from the last firing',
    { when: { op: 'changes_by', value: 10 } },
    [100, 106, 109, 110, 115, 100],
    ['not_true', 'not_true', 'not_true', 'fired', 'not_true', 'fired'],
  ],
  [
    'also from one that was passed over',
    { when: { op: 'changes_by', value: 10 }, cooldownSeconds: 200 },
    [100, 110, 120, 120, 120],
    ['not_true', 'fired', 'cooldown', 'not_true', 'not_true'],
  ],
  [
    'what is new in a feed',
    { ...feed, when: { op: 'new_items' } },
    [
      ['a', 'b'],
      ['a', 'b'],
      ['c', 'a'],
      ['d', 'c'],
      ['b', 'c'],
    ],
    ['not_true', 'not_true', 'fired', 'fired', 'not_true'],
  ],
  [
    'what has not moved for so long',
    { when: { op: 'stale', value: 120 } },
    [5, 5, 5, 5, 6, 6, 6],
    ['not_true', 'not_true', 'fired', 'filtered', 'not_true', 'not_true', 'fired'],
  ],
])('%s', (_, of, steps, verdicts) => {
  expect(played(of, steps)).toEqual(verdicts)
})

const values = fc.array(fc.oneof(fc.integer({ min: 70, max: 110 }), fc.constant('x' as const)), {
  maxLength: 60,
})
const configs = fc.record({
  forSeconds: fc.constantFrom(0, 60, 150),
  cooldownSeconds: fc.constantFrom(0, 90, 600),
  onFirst: fc.constantFrom('arm', 'fire'),
  when: fc.constantFrom({ op: 'above', value: 90 }, { op: 'above', value: 90, clear: 80 }),
})

test('between two crossings it was seen beyond the clear line, whatever happens', () => {
  fc.assert(
    fc.property(configs, values, (of, steps) => {
      const verdicts = played(of, steps)
      const back = 'clear' in of.when ? (of.when.clear as number) : of.when.value
      let since: number | null = null
      verdicts.forEach((verdict, n) => {
        if (verdict !== 'fired' && verdict !== 'cooldown') return
        const between = steps.slice((since ?? -1) + 1, n)
        if (since !== null || of.onFirst === 'arm')
          expect(between.some((it) => typeof it === 'number' && it <= (since === null ? 90 : back))).toBe(
            true,
          )
        since = n
      })
    }),
    { numRuns: 500 },
  )
})

test('it fires only after it held at every look for as long as it must', () => {
  fc.assert(
    fc.property(configs, values, fc.array(fc.constantFrom(60, 60, 60, 110, 500, -30)), (of, steps, gaps) => {
      let at = 0
      const timed = steps.map((it, n): [number, Step] => {
        at += gaps[n] ?? EVERY
        return [at, it]
      })
      played(of, timed).forEach((verdict, n) => {
        if (verdict !== 'fired') return
        let heldMs = 0
        let later = timed[n]?.[0] as number
        for (let i = n - 1; i >= 0; i--) {
          const [when, value] = timed[i] as [number, Step]
          if (value === 'x') continue
          if ((value as number) <= 90) break
          const gap = later - when
          if (gap > 0 && gap <= 2 * EVERY) heldMs += gap * 1000
          later = when
        }
        expect(heldMs).toBeGreaterThanOrEqual(of.forSeconds * 1000)
      })
    }),
    { numRuns: 500 },
  )
})

test('a look that fails changes nothing but that it failed', () => {
  fc.assert(
    fc.property(configs, values, (of, steps) => {
      const config = rule(of)
      let watch: Watch = UNKNOWN
      steps.forEach((it, n) => {
        const { watch: next } = looked(watch, lookOf(it), config, T0 + n * 60_000)
        if (it === 'x') {
          const { lastCheckedAt: _a, lastError, errorsInARow, ...same } = next
          const { lastCheckedAt: _b, lastError: _c, errorsInARow: before, ...known } = watch
          expect(same).toEqual(known)
          expect([lastError, errorsInARow]).toEqual(['It is away.', before + 1])
        } else expect(next.errorsInARow).toBe(0)
        // It goes through a row, and comes back the same.
        watch = JSON.parse(JSON.stringify(next)) as Watch
      })
    }),
  )
})
