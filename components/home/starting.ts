/** What is asked before the runs of a gap are started, by what starting them would do; pure. */
import { formatNumber } from '#components/ui/number.ts'
import type { AnswerOf, Api } from '#lib/contract/api.ts'

type WouldRun = Pick<AnswerOf<Api['backfillTrigger']>, 'instants' | 'daysOff' | 'truncated'>

/** `count` is 0 as long as there is nothing to say yes to. */
export function starting(would: WouldRun | undefined): { words: string; label: string; count: number } {
  if (!would) return { words: 'Counting …', label: 'Run them', count: 0 }
  const count = would.instants.length
  if (count === 0) return { words: 'None of them can run any more.', label: 'Run them', count }
  const runs = count === 1 ? '1 run' : `${formatNumber(count)} runs`
  const off = would.daysOff > 0 ? ` ${formatNumber(would.daysOff)} on days off are left out.` : ''
  const rest = would.truncated ? ' That is the most at once: the rest is dismissed.' : ''
  return {
    words: `${runs} will be queued now.${off}${rest}`,
    label: count === 1 ? 'Run it' : `Run all ${formatNumber(count)}`,
    count,
  }
}
