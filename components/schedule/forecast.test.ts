import { expect, test } from 'vitest'
import { forecastIn } from './forecast.ts'

test.each([
  [
    { runsPerMonth: 30, costPerMonth: { p50: 1.4, p95: 1.5 }, basis: 'own_history', runs: 20 },
    'About $1.40 a month, by its last 20 runs; 30 runs in the next 30 days.',
  ],
  [
    { runsPerMonth: 1, costPerMonth: { p50: 1, p95: 3 }, basis: 'same_agent', runs: 5 },
    'About $1.00 a month, up to $3.00, by runs of this agent; 1 run in the next 30 days.',
  ],
  [
    { runsPerMonth: 30, costPerMonth: { p50: 0, p95: 0 }, basis: 'own_history', runs: 1 },
    '30 runs in the next 30 days; they cost nothing, or nobody has said what its model costs.',
  ],
  [
    { runsPerMonth: 0, costPerMonth: { p50: 0, p95: 0 }, basis: 'own_history', runs: 9 },
    'No run in the next 30 days.',
  ],
  [
    { runsPerMonth: 720, costPerMonth: { p50: null, p95: null }, basis: 'none', runs: 0 },
    '720 runs in the next 30 days; what they cost is known after the first.',
  ],
] as const)('%j', (forecast, words) => {
  expect(forecastIn({ ...forecast, costPerMonth: { ...forecast.costPerMonth } })).toBe(words)
})
