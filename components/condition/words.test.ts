import { expect, test } from 'vitest'
import type { ConditionState } from '#lib/contract/condition-trigger.ts'
import { stateInWords } from './words.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const minutesAgo = (n: number) => new Date(NOW - n * 60_000).toISOString()
const state: ConditionState = {
  state: 'false',
  since: minutesAgo(180),
  pendingSince: null,
  lastValue: 17,
  lastCheckedAt: minutesAgo(2),
  lastError: null,
  crossings: 0,
  nextCheckAt: null,
  errorsInARow: 0,
}

test.each<[Partial<ConditionState>, string]>([
  [{}, 'False for 3 h; last checked 2 min ago; value 17.'],
  [{ state: 'true', lastValue: 'sold out' }, 'True for 3 h; last checked 2 min ago; value “sold out”.'],
  [
    { state: 'pending', pendingSince: minutesAgo(4) },
    'True for 4 min, which is not long enough yet; last checked 2 min ago; value 17.',
  ],
  [{ state: 'unknown', since: null, lastCheckedAt: null }, 'Not checked yet.'],
  [
    { since: minutesAgo(-0.2), lastCheckedAt: minutesAgo(-0.1) },
    'False for a moment; last checked just now; value 17.',
  ],
  [{ lastCheckedAt: null, reset: true }, 'What it watches is another now: not checked yet.'],
  [
    { lastError: 'example.com answers 503.', errorsInARow: 1 },
    'The last check failed (2 min ago): example.com answers 503. Before that it was false.',
  ],
  [
    { state: 'unknown', lastError: 'It is away.', errorsInARow: 7 },
    'The last 7 checks failed (2 min ago): It is away. It does not fire until this is fixed.',
  ],
])('%o: %s', (change, words) => {
  expect(stateInWords({ ...state, ...change }, NOW)).toBe(words)
})
