/** Fairness between workspaces. Pure. */

export interface Queueing {
  workspaceId: number
  queued: number
  running: number
  maxConcurrent: number | null
}

/**
 * How many each workspace may start now: the free slots are dealt one by one to those that wait, fewest
 * running first, so that a workspace with ten thousand in its queue cannot keep another waiting.
 */
export function shares(
  backlog: Queueing[],
  limits: { total: number; perWorkspace: number; page: number },
): { workspaceId: number; take: number }[] {
  let free = Math.min(limits.page, limits.total - backlog.reduce((sum, it) => sum + it.running, 0))
  const open = backlog
    .map((it) => ({
      workspaceId: it.workspaceId,
      running: it.running,
      take: 0,
      most: Math.min(
        it.queued,
        Math.min(it.maxConcurrent ?? limits.perWorkspace, limits.perWorkspace) - it.running,
      ),
    }))
    .filter((it) => it.most > 0)
    .sort((a, b) => a.running - b.running || a.workspaceId - b.workspaceId)
  let waiting = open
  while (free > 0 && waiting.length > 0) {
    const each = Math.max(1, Math.floor(free / waiting.length))
    for (const it of waiting) {
      const more = Math.min(each, it.most - it.take, free)
      it.take += more
      free -= more
    }
    waiting = waiting.filter((it) => it.take < it.most)
  }
  return open.filter((it) => it.take > 0).map(({ workspaceId, take }) => ({ workspaceId, take }))
}
