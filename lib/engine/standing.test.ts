import { expect, test } from 'vitest'
import { obstacleOf, type Standing } from './standing.ts'

const standing: Standing = { enabled: true, pausedAt: null, pausedReason: null, ownerLeft: false }

test.each<[string, Partial<Standing>, string | null, string | null]>([
  ['on', {}, null, null],
  ['on, as SQLite says it', { enabled: 1, ownerLeft: 0 }, null, null],
  ['switched off', { enabled: false }, 'disabled', 'the schedule was switched off'],
  ['paused', { enabled: false, pausedAt: 1 }, 'paused', 'the schedule was paused'],
  [
    'paused by somebody',
    { enabled: false, pausedAt: 1, pausedReason: 'Paused by Ada.' },
    'paused',
    'the schedule was paused (Paused by Ada)',
  ],
  [
    'its owner left',
    { ownerLeft: true },
    'owner_left',
    'whoever made this schedule may no longer run agents here',
  ],
  [
    'paused, and its owner left',
    { enabled: false, pausedAt: 1, ownerLeft: 1 },
    'owner_left',
    'whoever made this schedule may no longer run agents here',
  ],
])('%s', (_name, change, code, why) => {
  expect(obstacleOf({ ...standing, ...change })).toEqual(code && { code, why })
})
