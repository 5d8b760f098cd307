/** What it is going to cost, in a sentence; nothing where nobody knows. */
import { formatDollars, formatNumber } from '#components/ui/number.ts'
import type { Forecast } from '#lib/contract/trigger.ts'

export function forecastIn({ runsPerMonth, costPerMonth: { p50, p95 }, basis, runs }: Forecast): string {
  const often = `${formatNumber(runsPerMonth)} ${runsPerMonth === 1 ? 'run' : 'runs'} in the next 30 days`
  if (runsPerMonth === 0) return 'No run in the next 30 days.'
  if (p50 === null || basis === 'none') return `${often}; what they cost is known after the first.`
  if ((p95 ?? p50) === 0) return `${often}; they cost nothing, or nobody has said what its model costs.`
  const whose =
    basis === 'own_history' ? `its last ${runs === 1 ? 'run' : `${runs} runs`}` : 'runs of this agent'
  const most = p95 !== null && p95 > p50 * 1.2 ? `, up to ${formatDollars(p95)}` : ''
  return `About ${formatDollars(p50)} a month${most}, by ${whose}; ${often}.`
}
