/** Figures say of what is good or bad by itself whether it became so, and nothing of the rest. */
import { expect, test } from 'vitest'
import type { PeriodFigures } from '#lib/contract/overview.ts'
import { comparedOf } from './compared.ts'

const none: PeriodFigures = {
  ...{ from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T00:00:00.000Z', partial: false },
  ...{ runs: 0, success: 0, failed: 0, cancelled: 0, skipped: 0, missed: 0, successRate: null },
  ...{ latenessMs: { p50: null, p95: null }, durationMs: { p50: null, p95: null }, tokens: 0, cost: 0 },
}
const of = (label: string, now: Partial<PeriodFigures>, before: Partial<PeriodFigures> = {}) =>
  comparedOf({ now: { ...none, ...now }, before: { ...none, ...before } }).find((it) => it.label === label)

test.each([
  ['Success', { successRate: 90 }, { successRate: 60 }, { value: '90%', before: '60%', change: 'better' }],
  ['Success', { successRate: 60 }, { successRate: 90 }, { change: 'worse' }],
  ['Success', { successRate: 97 }, { successRate: 98 }, { change: null }],
  ['Success', { successRate: 97 }, {}, { value: '97%', before: '–', change: null }],
  ['Success', { successRate: 99.9 }, { successRate: 99.9 }, { value: '99.9%', before: '99.9%' }],
  ['Failed', { failed: 4 }, { failed: 1 }, { value: '4', change: 'worse' }],
  ['Failed', { failed: 0 }, { failed: 1 }, { change: 'better' }],
  ['Runs', { runs: 12_000 }, { runs: 1 }, { change: null }],
  [
    '95% done within',
    { durationMs: { p50: 1, p95: 4200 } },
    { durationMs: { p50: 1, p95: 9000 } },
    { value: '4.2 s', change: 'better' },
  ],
  ['Cost', { cost: 0.0123 }, { cost: 4 }, { value: '$0.012', before: '$4.00', change: null }],
] as const)('%s of %j, before %j', (label, now, before, expected) => {
  expect(of(label, now, before)).toMatchObject(expected)
})
