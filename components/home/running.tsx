'use client'
/** What runs just now, for how long, and against what it usually takes. */
import { Link } from '#components/ui/link.tsx'
import { useNow } from '#components/ui/clock.ts'
import { cn } from '#components/ui/cn.ts'
import { formatDuration } from '#components/ui/instants.ts'
import { Elapsed } from '#components/ui/time.tsx'
import type { Now } from '#lib/contract/overview.ts'
import { Nothing, Part, Row, Rows } from './part.tsx'

type Running = Now['running'][number]
/** Beyond this it is worth a look. */
const LONG = 2

export function Running({ slug, now: { running, queued, totals } }: { slug: string; now: Now }) {
  return (
    <Part
      title="Running"
      count={running.length}
      of={totals.running}
      more={
        running.length + queued > 0
          ? { href: `/w/${slug}/executions?status=running,queued`, label: waits(queued) }
          : undefined
      }
    >
      {running.length === 0 ? (
        <Nothing>Nothing is running.</Nothing>
      ) : (
        <Rows>
          {running.map((it) => (
            <One key={it.execution.id} slug={slug} running={it} />
          ))}
        </Rows>
      )}
    </Part>
  )
}

const waits = (queued: number) =>
  queued === 0 ? 'All' : `${queued >= 100 ? '100 or more' : queued} ${queued === 1 ? 'waits' : 'wait'}`

function One({ slug, running: { execution, usualMs } }: { slug: string; running: Running }) {
  const now = useNow()
  const since = execution.startedAt ?? execution.queuedAt
  const share = now === null || !usualMs ? 0 : (now - Date.parse(since)) / usualMs
  return (
    <Row>
      <Link
        href={`/w/${slug}/executions/${execution.id}`}
        className="min-w-0 flex-1 basis-40 font-medium wrap-anywhere underline-offset-4 hover:underline"
      >
        {execution.triggerName}
      </Link>
      <span aria-hidden className="h-1.5 w-24 overflow-hidden rounded-full bg-hover">
        <span
          className={cn('block h-full rounded-full', share > LONG ? 'bg-warn' : 'bg-busy')}
          style={{ width: `${Math.round(100 * Math.min(1, Math.max(0.03, share)))}%` }}
        />
      </span>
      <span className="ml-auto min-w-16 text-right text-soft tabular-nums sm:min-w-44">
        <Elapsed since={since} />
        {usualMs !== null && <span className="text-faint"> · usually {formatDuration(usualMs)}</span>}
      </span>
    </Row>
  )
}
