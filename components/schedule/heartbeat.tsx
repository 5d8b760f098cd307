'use client'
/**
 * The last runs as a row of bars, oldest first; the height says how one ended as much as its colour.
 *
 * For the pointer each bar leads to its run. For everybody else forty narrow stops would be in the way: the
 * words below say the same, and the list of runs leads there too.
 */
import { Link } from '#components/ui/link.tsx'
import { STATUSES } from '#components/execution/status-badge.tsx'
import { cn } from '#components/ui/cn.ts'
import { formatInstant } from '#components/ui/instants.ts'
import { MOST_BARS } from '#lib/contract/bars.ts'
import type { Execution, Status } from '#lib/contract/execution.ts'

const BARS: Record<Status, string> = {
  success: 'h-full bg-good/75',
  failed: 'h-full bg-bad bg-[repeating-linear-gradient(135deg,transparent_0_3px,var(--surface)_3px_4px)]',
  running: 'h-3/4 animate-pulse bg-busy',
  queued: 'h-1/2 bg-busy/60',
  waiting: 'h-1/2 bg-warn/60',
  cancelled: 'h-1/2 bg-edge',
  skipped: 'h-1/3 bg-edge',
  missed: 'h-1/3 bg-warn',
}

function wordsOf(it: Execution): string {
  const times = it.missedCount && it.missedCount > 1 ? ` (${it.missedCount} runs)` : ''
  return `${STATUSES[it.status].label}${times}, ${formatInstant(it.startedAt ?? it.scheduledFor ?? it.queuedAt)}`
}

export function Heartbeat({ slug, executions }: { slug: string; executions: readonly Execution[] }) {
  const bars = executions.slice(0, MOST_BARS).toReversed()
  const count = (status: Status) => bars.filter((it) => it.status === status).length
  const words = (Object.keys(STATUSES) as Status[])
    .flatMap((it) => (count(it) > 0 ? [`${count(it)} ${STATUSES[it].label.toLowerCase()}`] : []))
    .join(', ')
  return (
    <figure className="flex flex-col gap-1.5">
      <ol aria-hidden className="flex h-9 items-end gap-0.5">
        {Array.from({ length: MOST_BARS - bars.length }, (_, n) => (
          <li key={`none-${n.toString()}`} className="h-1 min-w-0 flex-1 rounded-sm bg-hover" />
        ))}
        {bars.map((it) => (
          <li key={it.id} className="flex h-full min-w-0 flex-1">
            <Link
              title={wordsOf(it)}
              tabIndex={-1}
              href={`/w/${slug}/executions/${it.id}`}
              className="flex min-w-0 flex-1 items-end hover:brightness-90"
            >
              <span className={cn('block w-full rounded-sm', BARS[it.status])} />
            </Link>
          </li>
        ))}
      </ol>
      <figcaption className="text-xs text-faint">
        {bars.length === 0
          ? 'No runs yet.'
          : `The last ${bars.length === 1 ? 'run' : `${bars.length} runs`}: ${words}.`}
      </figcaption>
    </figure>
  )
}
