import { expect, test } from 'vitest'
import { ApprovalRule } from '../contract/approval.ts'
import { Breaker } from '../contract/breaker.ts'
import { toRanWith } from './showing.ts'

test.each([
  ['of before there were such settings', { context: {} }, { context: {} }],
  ['of one that was paused', { context: {}, pausedReason: 'Holiday', pausedUntil: 7 }, { context: {} }],
  [
    'that plain SQL wrote',
    { context: 'not json', approvals: '{', breaker: '[]', config: '7', startsAt: null },
    {
      context: 'not json',
      approvals: ApprovalRule.parse({}),
      breaker: Breaker.parse({}),
      config: {},
      startsAt: null,
    },
  ],
])('what a run ran with is shown from a row %s', (_what, kept, shown) => {
  expect(toRanWith(kept)).toEqual(shown)
})
