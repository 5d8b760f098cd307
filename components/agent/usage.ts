/** How an agent is used, in a line. */
import { formatDollars, formatNumber, formatPercent } from '#components/ui/number.ts'
import type { AgentUse } from '#lib/contract/agent.ts'

export function usageIn({ schedules, successful, failed, cost }: AgentUse): string {
  const runs = successful + failed
  if (schedules + runs === 0) return 'Not in use'
  const used = schedules === 0 ? 'No schedule' : schedules === 1 ? '1 schedule' : `${schedules} schedules`
  const fared =
    runs === 0
      ? 'no run in 30 days'
      : `${formatPercent(Math.round((100 * successful) / runs))} of ${formatNumber(runs)} ${runs === 1 ? 'run' : 'runs'} in 30 days succeeded`
  return [used, fared, cost > 0 && formatDollars(cost)].filter(Boolean).join(' · ')
}
