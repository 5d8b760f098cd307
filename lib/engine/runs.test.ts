import pino from 'pino'
import { beforeEach, expect, test } from 'vitest'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import type { Entry } from '#db/queries/entries.ts'
import type { AgentPort, Live, Performed } from '../agents/port.ts'
import { type HandClock, handClock, seconds } from '../clock.ts'
import { createRuns, type Runs } from './runs.ts'

let clock: HandClock
let told: string[]
let written: Entry[]
let runs: Runs
let perform: (live: Live) => Promise<Performed>
let refuses: (entry: Entry) => boolean
beforeEach(() => {
  clock = handClock('2026-03-01T09:00:00Z')
  told = []
  written = []
  refuses = () => false
  const agents: AgentPort = {
    safeToRepeat: async () => false,
    worst: async () => null,
    checks: async () => [],
    perform: (_claimed, _context, live) => perform(live),
  }
  runs = createRuns({
    clock,
    log: pino({ level: 'silent' }),
    ledger: {
      async add(entry) {
        if (refuses(entry)) throw new Error('value out of range')
        written.push(entry)
        told.push(entry.kind)
        return true
      },
      problem: null,
    },
    agents,
    owner: 'a',
    chance: () => 0.5,
    afford: async () => ({ warning: null }),
    freed: () => void told.push('freed'),
  })
})

const claimed = (change: Partial<ClaimedRow> = {}): ClaimedRow => ({
  id: 7,
  workspaceId: 1,
  workspaceName: 'Demo',
  workspaceSlug: 'demo',
  timezone: 'UTC',
  triggerId: 3,
  triggerName: 'Morning',
  agentId: 'test-agent',
  agentType: 'system',
  kind: 'schedule',
  fence: 2,
  attempt: 1,
  scheduledFor: null,
  startedAt: clock.now().getTime(),
  isCatchup: false,
  staged: false,
  latenessMs: 0,
  spentMs: null,
  config: null,
  context: null,
  cancelRequestedAt: null,
  cancelReason: null,
  eventCount: null,
  lastOutput: null,
  ...change,
})
const done: Performed = { kind: 'done', result: { text: 'done' } }
const moment = () => new Promise<void>((resolve) => setImmediate(resolve))

test('a run that ends in the moment in which it began is written once', async () => {
  perform = async () => done
  runs.begin([claimed()])
  expect(runs.carriedOut()).toEqual([7])
  await runs.idle()
  await moment()
  expect(told).toEqual(['settle', 'freed'])
  expect(written).toMatchObject([{ executionId: 7, owner: 'a', fence: 2, status: 'success' }])
})

test('what its agent has started is ended before its outcome is recorded', async () => {
  perform = async ({ scope }) => {
    scope.onEnd(async () => {
      await moment()
      told.push('ended')
    })
    return done
  }
  runs.begin([claimed()])
  await runs.idle()
  expect(told.filter((it) => it !== 'announce')).toEqual(['ended', 'settle', 'freed'])
})

test('a run that another may have taken is left at once, whatever its agent has started', async () => {
  let ended = false
  perform = ({ scope, signal }) => {
    scope.onEnd(() => {
      ended = true
      return new Promise(() => {})
    })
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(done)))
  }
  runs.begin([claimed()])
  await moment()
  runs.stopAll({ code: 'lost', reason: 'Out of touch.' })
  await runs.idle()
  expect(ended).toBe(true)
  expect(told).toEqual(['announce', 'freed'])
  expect(runs.wasLeftBehind(7, 2)).toBe(true)
  expect(runs.wasLeftBehind(7, 3)).toBe(false)
})

test('an agent that does not heed its signal is left after five seconds, with the reason', async () => {
  perform = () => new Promise(() => {})
  runs.begin([claimed({ config: '{"timeoutSeconds":60}' })])
  clock.advance(seconds(60))
  await moment()
  expect(runs.running).toBe(1)
  clock.advance(seconds(5))
  await runs.idle()
  expect(written.at(-1)).toMatchObject({ status: 'failed', reasonCode: 'timeout', durationMs: 65_000 })
})

test('an outcome that is refused becomes a failure that says why; refused again, the run is left', async () => {
  perform = async () => done
  refuses = (entry) => entry.kind === 'settle' && entry.status === 'success'
  runs.begin([claimed()])
  await runs.idle()
  expect(written.at(-1)).toMatchObject({ status: 'failed', error: 'value out of range' })
  expect(runs.wasLeftBehind(7, 2)).toBe(false)
  refuses = (entry) => entry.kind === 'settle'
  runs.begin([claimed({ fence: 3 })])
  await runs.idle()
  expect(runs.wasLeftBehind(7, 3)).toBe(true)
})

test('what was to be stopped before it began does not begin', async () => {
  perform = () => Promise.reject(new Error('It began.'))
  runs.begin([claimed({ cancelRequestedAt: clock.now().getTime(), cancelReason: 'Cancelled by Ada.' })])
  await runs.idle()
  expect(written).toMatchObject([{ status: 'cancelled', reason: 'Cancelled by Ada.' }])
})
