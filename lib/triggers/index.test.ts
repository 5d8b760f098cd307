import { describe, expect, test } from 'vitest'
import { describe as inWords, faultsOf, followsClock, judge, reads, type Row, timesOf } from './index.ts'

const NOW = Date.parse('2026-03-01T08:00:00Z')
const row: Row = {
  kind: 'schedule',
  config: '{}',
  cronExpression: '0 9 * * *',
  timezone: 'Europe/Berlin',
  everySeconds: null,
  at: null,
  startsAt: null,
  createdAt: NOW,
}
const interval = { kind: 'interval', cronExpression: null, everySeconds: 600 }
const once = { kind: 'once', cronExpression: null, at: NOW + 1000 }

describe('what a person must mend', () => {
  test.each<[string, Partial<Row>, [path: string, says: RegExp] | null]>([
    ['a schedule', {}, null],
    ['no pattern', { cronExpression: null }, ['cronExpression', /^is needed, for example "0 9 \* \* 1-5"$/]],
    ['an empty pattern', { cronExpression: '' }, ['cronExpression', /^is needed/]],
    ['a pattern that is none', { cronExpression: 'at nine' }, ['cronExpression', /./]],
    ['seconds', { cronExpression: '* * * * * *' }, ['cronExpression', /has 6 fields/]],
    ['no zone', { timezone: 'Europe/Atlantis' }, ['timezone', /Europe\/Atlantis/]],
    ['an interval', interval, null],
    ['no interval', { ...interval, everySeconds: null }, ['everySeconds', /^is needed, for example 3600$/]],
    ['an interval of nothing', { ...interval, everySeconds: 0 }, ['everySeconds', /^is needed/]],
    ['a backward interval', { ...interval, everySeconds: -5 }, ['everySeconds', /^is -5, less than/]],
    ['a short interval', { ...interval, everySeconds: 59 }, ['everySeconds', /^is 59, less than .* of 60 s/]],
    ['an interval in no zone', { ...interval, timezone: 'Mars' }, ['timezone', /Mars/]],
    ['one instant', once, null],
    ['no instant', { ...once, at: null }, ['at', /^is needed, for example 2027-01-01T09:00:00Z$/]],
    [
      'an instant that is over',
      { ...once, at: NOW },
      ['at', /^is 2026-03-01T08:00:00.000Z, which has passed/],
    ],
    ['a configuration that is no JSON', { config: 'so' }, ['config', /^is not JSON: /]],
    ['a configuration that is no object', { config: '[1]' }, ['config', /^expects a JSON object$/]],
    [
      'of another kind',
      { config: '{"path":"x"}' },
      ['config.path', /^does not go with the kind "schedule"$/],
    ],
    ['the clock’s field twice', { config: '{"timezone":"UTC"}' }, ['config.timezone', /^does not go with/]],
    ['no kind', { kind: 'moon' }, ['kind', /^is "moon", .* use schedule, interval, once, /]],
  ])('%s', (_name, change, fault) => {
    const errors = judge({ ...row, ...change }, { minimumIntervalSeconds: 60, now: new Date(NOW) })
    expect(errors).toEqual(fault ? [{ path: fault[0], message: expect.stringMatching(fault[1]) }] : [])
  })

  test('what was judged when it was made is not judged by what has changed since', () => {
    expect(faultsOf({ ...row, ...interval, everySeconds: 5 })).toEqual([])
    expect(faultsOf({ ...row, ...once, at: NOW })).toEqual([])
  })
})

test.each<[Partial<Row>, string]>([
  [{}, 'At 09:00 (Europe/Berlin)'],
  [interval, 'Every 10 minutes'],
  [{ ...interval, everySeconds: 86_400 }, 'Every day'],
  [once, 'Once, on Sunday, 1 March 2026 at 08:00 UTC'],
  [{ kind: 'moon' }, 'moon'],
  [{ cronExpression: null }, 'schedule'],
])('%o in words: %s', (change, words) => {
  expect(inWords({ ...row, ...change })).toBe(words)
})

describe('times', () => {
  test('are those of the kind', () => {
    const times = timesOf({ ...row, ...interval })
    const [from, to] = [new Date(NOW), new Date(NOW + 3_600_000)]
    expect(times.next(from)).toEqual(new Date(NOW + 600_000))
    expect(times.latest(from, to, 2)).toEqual([new Date(NOW + 3_000_000), to])
    expect(times.count(from, to)).toEqual({ count: 6, exact: true })
    expect(timesOf({ ...row, ...once }).latest(from, to, 5)).toEqual([new Date(NOW + 1000)])
  })

  test('an interval runs first at its start, where it has one', () => {
    const times = timesOf({ ...row, ...interval, startsAt: NOW + 7000 })
    const steps = [NOW + 7000, NOW + 607_000].map((it) => new Date(it))
    expect(times.next(new Date(NOW))).toEqual(steps[0])
    expect(times.next(new Date(NOW + 7000))).toEqual(steps[1])
    expect(times.latest(new Date(NOW), new Date(NOW + 700_000), 5)).toEqual(steps)
    expect(times.count(new Date(NOW), new Date(NOW + 700_000)).count).toBe(2)
    expect(times.count(new Date(NOW), new Date(NOW + 6999)).count).toBe(0)
  })

  test('a row that cannot be read is not followed', () => {
    expect(() => timesOf({ ...row, ...interval, everySeconds: null })).toThrow('everySeconds: is needed')
    expect(() => timesOf({ ...row, kind: 'moon' })).toThrow('kind: is "moon"')
  })
})

test('a kind says which of the clock’s fields it reads', () => {
  expect([reads('schedule', 'cronExpression'), reads('interval', 'cronExpression')]).toEqual([true, false])
  expect([reads('once', 'at'), reads('moon', 'at')]).toEqual([true, false])
  expect([followsClock('once'), followsClock('moon')]).toEqual([true, false])
})
