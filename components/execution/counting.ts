/** How many runs fit, and what is asked before something is done with all of them; pure. */
import { formatNumber } from '#components/ui/number.ts'
import type { ExecutionCount } from '#lib/client/executions.ts'
import { MOST_AT_ONCE } from '#lib/contract/at-once.ts'

export const runs = (count: number) => (count === 1 ? '1 run' : `${formatNumber(count)} runs`)

/** Where an entry stands for several runs that did not take place, both are said. */
export function countedIn({ count, more, runs: all }: ExecutionCount): string {
  if (more) return `more than ${runs(count)}`
  return all > count
    ? `${count === 1 ? '1 entry' : `${formatNumber(count)} entries`}, ${runs(all)}`
    : runs(count)
}

const DONE = { retry: 'will be started again', cancel: 'will be cancelled' }

interface Question {
  words: string
  /** Those that it would be done with, which the server is told; null: it cannot be done, or not yet. */
  count: number | null
}

export function questionOf(which: keyof typeof DONE, counted: ExecutionCount | undefined): Question {
  if (!counted) return { words: 'Counting …', count: null }
  const { count, more } = counted
  if (more || count > MOST_AT_ONCE) {
    const many = more ? `More than ${runs(count)}` : runs(count)
    const most = formatNumber(MOST_AT_ONCE)
    return {
      words: `${many} fit, and at most ${most} are taken at once. Narrow the filters first.`,
      count: null,
    }
  }
  return { words: `${runs(count)} ${DONE[which]}.`, count: count === 0 ? null : count }
}
