/** How a workspace fares. Making and entering one is `lib/auth`'s: it is decided by who asks. */
import * as executions from '#db/queries/executions.ts'
import * as statistics from '#db/queries/statistics.ts'
import { days } from '../clock.ts'
import type { WorkspaceStats } from '../contract/workspace.ts'
import type { Deps } from './deps.ts'

/** Totals, the latest runs, and a line for each of so many days (UTC) that had any. */
export async function stats(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  dayCount: number,
): Promise<WorkspaceStats> {
  const since = new Date(clock.now().getTime() - days(dayCount - 1)).toISOString().slice(0, 10)
  const [totals, daily, recentExecutions] = await Promise.all([
    statistics.totals(store, workspaceId),
    statistics.days(store, workspaceId, since),
    executions.list(store, workspaceId, {}, null, 10),
  ])
  return { ...totals, recentExecutions, daily }
}
