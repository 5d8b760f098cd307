/** What a schedule is going to cost. Pure. */
import type { Forecast } from '../contract/trigger.ts'
import { percentile } from '../engine/percentile.ts'

/** What so many runs a month cost, by what those of `basis` have cost. */
export function forecastBy(runsPerMonth: number, costs: number[], basis: Forecast['basis']): Forecast {
  const month = (share: number) => {
    const one = percentile(costs, share)
    return one === null ? null : one * runsPerMonth
  }
  return {
    runsPerMonth,
    costPerMonth: { p50: month(0.5), p95: month(0.95) },
    basis: costs.length > 0 ? basis : 'none',
    runs: costs.length,
  }
}
