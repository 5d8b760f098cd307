/** What is said about a run besides its status. */
import { formatNumber } from '#components/ui/number.ts'
import { formatDuration } from '#components/ui/instants.ts'
import type { Execution } from '#lib/contract/execution.ts'
import { isLive } from '#lib/contract/states.ts'

export const goesOn = ({ status }: Pick<Execution, 'status'>) => isLive(status)

const KINDS: Record<string, string> = { manual: 'Run by hand', retry: 'Run again', backfill: 'Backfilled' }

/** Why it ran, where that was not simply its time. */
export const originOf = ({ kind, isCatchup }: Pick<Execution, 'kind' | 'isCatchup'>): string | null =>
  KINDS[kind] ?? (isCatchup ? 'Caught up' : null)

/** Who asked for it, where somebody did. */
export const requesterOf = ({ requestedBy: by }: Pick<Execution, 'requestedBy'>): string | null =>
  by && (by.kind === 'key' ? `${by.name} (API key)` : by.name)

/** Whose moment it was: the plan's, that of somebody who asked for it, or that of what happened. */
export function momentOf(it: Pick<Execution, 'scheduledFor' | 'kind' | 'requestedBy'>): string {
  if (it.scheduledFor !== null) return 'Planned for'
  return it.requestedBy !== null || it.kind in KINDS ? 'Asked for at' : 'Set off at'
}

/** Below this a run counts as on time: it is what a tick costs. */
const ON_TIME_MS = 1000

/** What a person started is not late, whatever instant it stands for. */
export function latenessOf({
  latenessMs,
  scheduledFor,
  kind,
}: Pick<Execution, 'latenessMs' | 'scheduledFor' | 'kind'>): string | null {
  if (latenessMs === null || scheduledFor === null || kind in KINDS) return null
  return latenessMs < ON_TIME_MS ? 'on time' : `${formatDuration(latenessMs)} late`
}

/** A row that stands for a gap says how many runs it stands for. */
export const gapOf = ({ missedCount }: Pick<Execution, 'missedCount'>): string | null =>
  missedCount !== null && missedCount > 1 ? `${formatNumber(missedCount)} runs` : null

/** The longest run of each schedule among those in sight: what a bar is measured against. */
export function longestOf(
  executions: readonly Pick<Execution, 'triggerId' | 'durationMs'>[],
): Map<number, number> {
  const longest = new Map<number, number>()
  for (const { triggerId, durationMs } of executions)
    longest.set(triggerId, Math.max(longest.get(triggerId) ?? 0, durationMs ?? 0))
  return longest
}
