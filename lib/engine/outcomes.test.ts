import { describe, expect, test } from 'vitest'
import type { Hold } from '#db/queries/entries.ts'
import type { Performed } from '../agents/port.ts'
import { minutes, seconds } from '../clock.ts'
import {
  askedStop,
  type Ending,
  endingOf,
  entryOf,
  type Facts,
  type Moment,
  outcomeOf,
  type Stop,
  withdrawal,
} from './outcomes.ts'
import { approvalRuleOf } from './asking.ts'

const NOW = new Date('2026-03-01T09:00:00Z')
const at: Moment = { now: NOW, durationMs: 1200, chance: 0.5 }
const run: Facts = {
  executionId: 7,
  triggerId: 3,
  triggerName: 'Morning',
  attempt: 1,
  retries: 0,
  post: 'always',
  safeToRepeat: false,
  lastOutput: null,
  announced: true,
  approvals: approvalRuleOf('{}'),
  staged: false,
}

const done = (text = 'All is well.', more: object = {}): Performed => ({
  kind: 'done',
  result: { text, ...more },
})
const busy: Performed = { kind: 'failed', error: 'busy', reasonCode: 'agent_error', transient: true }
const broken: Performed = { kind: 'failed', error: 'broken', reasonCode: 'agent_error', transient: false }
const unknown: Performed = {
  kind: 'failed',
  error: 'Unknown.',
  reasonCode: 'unknown_agent',
  transient: false,
}
const waits: Performed = { kind: 'waits', wait: { waitsFor: 'Ada' } }
const stop = (code: Stop['code']): Stop => ({ code, reason: `Because of ${code}.` })
const stopped = (code: Exclude<Stop['code'], 'lost'>): Ending => ({
  kind: 'stopped',
  stop: { code, reason: `Because of ${code}.` },
})
const crashed = (cancelRequested = false): Ending => ({
  kind: 'crashed',
  begunAt: new Date('2026-03-01T08:59:00Z'),
  cancelRequested,
})
const diedWords = 'The server died while it ran (begun 2026-03-01T08:59:00.000Z).'

describe('what counts, an answer or a stop', () => {
  test.each<[string, Performed | null, Stop | null, Ending | null]>([
    ['an answer', done(), null, done()],
    ['a failure', broken, null, broken],
    ['a stop that was heeded by an error', broken, stop('cancelled'), stopped('cancelled')],
    ['a stop that was not heeded', null, stop('timeout'), stopped('timeout')],
    ['an answer after its time was over', done(), stop('timeout'), stopped('timeout')],
    ['an answer after it was cancelled', done(), stop('cancelled'), stopped('cancelled')],
    ['an answer while the server stops', done(), stop('shutdown'), done()],
    ['a wish to wait', waits, null, waits],
    ['a wish to wait after it was cancelled', waits, stop('cancelled'), stopped('cancelled')],
    ['a wish to wait while the server stops', waits, stop('shutdown'), waits],
    ['a failure while the server stops', broken, stop('shutdown'), stopped('shutdown')],
    ['nothing, where the run is no longer ours', done(), stop('lost'), null],
    ['nothing, where the run is no longer ours and never ended', null, stop('lost'), null],
  ])('%s', (_, performed, asked, ending) => expect(endingOf(performed, asked)).toEqual(ending))

  test('neither cannot happen', () => expect(() => endingOf(null, null)).toThrow('nobody had stopped it'))

  test.each([
    ['superseded', { code: 'superseded', reason: 'Cancelled: a newer run took its place.' }],
    ['Cancelled by Ada.', { code: 'cancelled', reason: 'Cancelled by Ada.' }],
    [null, { code: 'cancelled', reason: 'Cancelled.' }],
  ])('a row that says "%s" asks for a stop', (reason, asked) => expect(askedStop(reason)).toEqual(asked))
})

describe('what is recorded', () => {
  const failedFor = (reasonCode: string, words: string, countsAsFailure: boolean) => ({
    kind: 'settle',
    status: 'failed',
    reasonCode,
    reason: words,
    error: words,
    countsAsFailure,
  })
  const again = (nextAttempt: number, delayMs: number, reasonCode: string, error: string | null) => ({
    kind: 'requeue',
    nextAttempt,
    availableAt: new Date(NOW.getTime() + delayMs),
    reasonCode,
    error,
  })
  const cancelled = (reasonCode: string) => ({
    kind: 'settle',
    status: 'cancelled',
    reasonCode,
    error: null,
    countsAsFailure: false,
  })
  test.each<[string, Partial<Facts>, Ending, object]>([
    [
      'an answer',
      {},
      done('fine', { outcome: { a: 1 }, usage: { tokensUsed: 7 } }),
      {
        kind: 'settle',
        status: 'success',
        output: 'fine',
        outcome: { a: 1 },
        tokensUsed: 7,
        cost: 0,
        reason: null,
        reasonCode: null,
        countsAsFailure: false,
      },
    ],
    ['a failure', {}, broken, failedFor('agent_error', 'broken', true)],
    ['a lasting failure, with retries', { retries: 5 }, broken, failedFor('agent_error', 'broken', true)],
    ['an agent that nobody knows', { retries: 5 }, unknown, failedFor('unknown_agent', 'Unknown.', true)],
    ['a passing failure, without retries', {}, busy, failedFor('agent_error', 'busy', true)],
    ['a passing failure', { retries: 2 }, busy, again(2, seconds(5), 'agent_error', 'busy')],
    [
      'one whose words came from outside',
      { retries: 2 },
      { ...busy, partial: { text: '', usage: { tainted: true } } },
      { ...again(2, seconds(5), 'agent_error', 'busy'), tainted: true },
    ],
    ['the second one', { retries: 2, attempt: 2 }, busy, again(3, seconds(10), 'agent_error', 'busy')],
    ['the tenth', { retries: 20, attempt: 10 }, busy, again(11, minutes(15), 'agent_error', 'busy')],
    ['the last one', { retries: 2, attempt: 3 }, busy, failedFor('agent_error', 'busy', true)],
    [
      'a wish to wait',
      { retries: 5 },
      waits,
      { kind: 'park', reason: 'Waits for Ada.', reasonCode: null, durationMs: 1200, holdSlot: false },
    ],
    [
      'a wish to wait with its slot',
      {},
      { kind: 'waits', wait: { waitsFor: 'Ada', holdSlot: true } },
      { kind: 'park', holdSlot: true },
    ],
    [
      'a cancelled run that had used something',
      {},
      {
        ...stopped('cancelled'),
        partial: { text: 'Half', usage: { tokensUsed: 77, cost: 0.5, model: 'm' } },
      } as Ending,
      { ...cancelled('cancelled'), output: 'Half', tokensUsed: 77, cost: 0.5, model: 'm' },
    ],
    ['a time-out', {}, stopped('timeout'), failedFor('timeout', 'Because of timeout.', true)],
    [
      'a time-out, with retries',
      { retries: 1 },
      stopped('timeout'),
      again(2, seconds(5), 'timeout', 'Because of timeout.'),
    ],
    [
      'a cancel, whatever the retries',
      { retries: 5, safeToRepeat: true },
      stopped('cancelled'),
      cancelled('cancelled'),
    ],
    ['a newer run', { retries: 5 }, stopped('superseded'), cancelled('superseded')],
    ['a stop of the server', {}, stopped('shutdown'), failedFor('shutdown', 'Because of shutdown.', false)],
    ['the same, with retries', { retries: 1 }, stopped('shutdown'), again(2, 0, 'shutdown', null)],
    ['the same, safe to repeat', { safeToRepeat: true }, stopped('shutdown'), again(2, 0, 'shutdown', null)],
    [
      'the same, repeated once already',
      { safeToRepeat: true, attempt: 2 },
      stopped('shutdown'),
      failedFor('shutdown', 'Because of shutdown.', false),
    ],
    ['a crash', {}, crashed(), failedFor('crashed', diedWords, true)],
    ['a crash, with retries', { retries: 1 }, crashed(), again(2, 0, 'crashed', diedWords)],
    ['a crash, safe to repeat', { safeToRepeat: true }, crashed(), again(2, 0, 'crashed', diedWords)],
    [
      'a crash of what somebody wanted to stop',
      { retries: 1, safeToRepeat: true },
      crashed(true),
      failedFor('crashed', diedWords, true),
    ],
    ['a claim whose answer was lost', {}, { kind: 'unbegun' }, again(1, 0, 'crashed', null)],
    ['the same, of a later attempt', { attempt: 3 }, { kind: 'unbegun' }, again(3, 0, 'crashed', null)],
    [
      'a withdrawal',
      {},
      { kind: 'withdrawn', reason: 'By Ada.', reasonCode: 'cancelled', began: false },
      cancelled('cancelled'),
    ],
  ])('%s', (_, facts, ending, recorded) =>
    expect(outcomeOf({ ...run, ...facts }, ending, at).recorded).toMatchObject(recorded),
  )

  test('the back-off is spread by chance, and an answer is kept at a bearable length', () => {
    const retried = outcomeOf({ ...run, retries: 1 }, busy, { ...at, chance: 0 }).recorded
    expect(retried).toMatchObject({ availableAt: new Date(NOW.getTime() + seconds(3.75)) })
    const { recorded } = outcomeOf(run, done('x'.repeat(70_000)), at)
    expect(recorded).toMatchObject({ output: expect.stringMatching(/it was 70000 characters long\.$/) })
  })
})

describe('what is told, shown and noted', () => {
  test.each<[string, Partial<Facts>, Ending, string[], string | null, string | null]>([
    ['an answer', {}, done(), ['schedule:completed', 'chat'], 'All is well.', null],
    ['a failure', {}, broken, ['schedule:failed', 'chat'], '**Failed:** broken', null],
    [
      'a failure of several lines',
      {},
      { ...broken, error: 'TypeError: x\n    at main\n\nso' },
      ['schedule:failed', 'chat'],
      '**Failed:** TypeError: x  \n    at main\n\nso',
      null,
    ],
    ['a wish to wait', {}, waits, ['execution:waiting', 'chat'], '**Waiting.** Waits for Ada.', 'wait'],
    [
      'a wish to wait, under a quiet policy',
      { post: 'on_failure' },
      waits,
      ['execution:waiting', 'chat'],
      '**Waiting.** Waits for Ada.',
      'wait',
    ],
    [
      'a cancel',
      {},
      stopped('cancelled'),
      ['schedule:failed', 'chat'],
      '**Cancelled.** Because of cancelled.',
      null,
    ],
    [
      'a cancel by somebody',
      {},
      { kind: 'stopped', stop: { code: 'cancelled', reason: 'Cancelled by Ada.' } },
      ['schedule:failed', 'chat'],
      '**Cancelled** by Ada.',
      null,
    ],
    [
      'a stop of the server',
      {},
      stopped('shutdown'),
      ['schedule:failed', 'chat'],
      '**Interrupted:** Because of shutdown.',
      null,
    ],
    [
      'another attempt',
      { retries: 1 },
      busy,
      ['execution:progress', 'chat'],
      'Attempt 1 failed: busy It will be tried again.',
      'retry',
    ],
    [
      'another attempt, quietly',
      { retries: 1, post: 'on_failure' },
      busy,
      ['execution:progress'],
      null,
      'retry',
    ],
    ['a crash', {}, crashed(), ['schedule:failed', 'chat'], `**Failed:** ${diedWords}`, 'crash'],
    [
      'a crash, repeated',
      { retries: 1 },
      crashed(),
      ['execution:progress', 'chat'],
      `**Interrupted:** ${diedWords} It runs again.`,
      'crash',
    ],
    ['a claim whose answer was lost', {}, { kind: 'unbegun' }, ['execution:progress'], null, 'crash'],
    [
      'a withdrawal of what an attempt was made of',
      {},
      { kind: 'withdrawn', reason: 'By Ada.', reasonCode: 'cancelled', began: true },
      ['schedule:failed', 'chat'],
      '**Cancelled.** By Ada.',
      null,
    ],
    [
      'a withdrawal of what never began',
      {},
      { kind: 'withdrawn', reason: 'By Ada.', reasonCode: 'cancelled', began: false },
      ['schedule:skipped'],
      '**Cancelled.** By Ada.',
      null,
    ],
  ])('%s', (_, facts, ending, told, words, noted) => {
    const outcome = outcomeOf({ ...run, ...facts }, ending, at)
    expect(outcome.told).toEqual(told)
    expect(outcome.shown?.text ?? null).toBe(words)
    expect(outcome.noted?.kind ?? null).toBe(noted)
  })

  test.each<[string, Partial<Facts>, Ending]>([
    ['an answer', {}, done()],
    ['a failure', {}, broken],
    ['a cancel', {}, stopped('cancelled')],
    ['another attempt', { retries: 1 }, busy],
  ])('%s: who has not heard that it began hears that first', (_, facts, ending) =>
    expect(outcomeOf({ ...run, ...facts, announced: false }, ending, at).told[0]).toBe('schedule:started'),
  )

  test.each<[Facts['post'], Partial<Facts>, object, boolean]>([
    ['always', {}, {}, true],
    ['on_change', { lastOutput: 'All is well.' }, {}, false],
    ['on_change', { lastOutput: 'All was well.' }, {}, true],
    ['on_failure', {}, {}, false],
    ['when_notable', {}, { notable: false }, false],
    ['when_notable', {}, {}, true],
  ])('an answer under "%s", %o, %o: shown %s', (post, facts, result, include) =>
    expect(outcomeOf({ ...run, post, ...facts }, done('All is well.', result), at).shown?.include).toBe(
      include,
    ),
  )

  test('a failure is shown whatever the policy', () =>
    expect(outcomeOf({ ...run, post: 'when_notable' }, broken, at).shown?.include).toBe(true))

  test('what never began stays out of the chat', () => {
    const ending = (began: boolean): Ending => ({
      kind: 'withdrawn',
      reason: 'By Ada.',
      reasonCode: 'cancelled',
      began,
    })
    expect(outcomeOf(run, ending(false), at).shown?.include).toBe(false)
    expect(outcomeOf(run, ending(true), at).shown?.include).toBe(true)
  })
})

describe('an entry', () => {
  const hold: Hold = {
    executionId: 7,
    workspaceId: 1,
    triggerId: 3,
    from: 'running',
    owner: 'a',
    fence: 2,
    attempt: 1,
  }
  test('says who may write it, and what', () => {
    const step = { n: 1, at: NOW, kind: 'step', text: 'looked', data: null }
    const outcome = outcomeOf(run, done(), at)
    expect(entryOf(hold, outcome, [step])).toEqual({
      ...hold,
      ...outcome.recorded,
      events: outcome.told,
      message: outcome.shown,
      steps: [step],
    })
  })

  test.each([
    ['queued', 0, null, ['schedule:skipped']],
    ['queued', 1, null, ['schedule:failed', 'chat']],
    ['waiting', 1, 700, ['schedule:failed', 'chat']],
  ] as const)('withdraws what is %s and was claimed %i times', (from, fence, durationMs, events) => {
    const row = {
      id: 7,
      workspaceId: 1,
      triggerId: 3,
      triggerName: 'Morning',
      owner: null,
      fence,
      attempt: 1,
      durationMs,
    }
    expect(
      withdrawal(row, from, { reason: 'Cancelled by Ada.', reasonCode: 'cancelled' }, NOW),
    ).toMatchObject({
      kind: 'settle',
      executionId: 7,
      from,
      fence,
      status: 'cancelled',
      reason: 'Cancelled by Ada.',
      durationMs,
      events,
    })
  })
})
