'use client'
/** How long a run took, or takes so far, in words and against the longest of its schedule. */
import type { ReactNode } from 'react'
import { useNow } from '#components/ui/clock.ts'
import { formatDuration } from '#components/ui/instants.ts'
import { Elapsed } from '#components/ui/time.tsx'
import type { Execution } from '#lib/contract/execution.ts'

export function DurationBar({
  execution: { status, startedAt, durationMs },
  longestMs,
}: {
  execution: Execution
  longestMs: number
}) {
  if (status === 'running' && startedAt) return <Running since={startedAt} longestMs={longestMs} />
  if (durationMs === null) return <span className="text-faint">–</span>
  return (
    <Bar
      label={formatDuration(durationMs)}
      share={longestMs > 0 ? durationMs / longestMs : 0}
      className="bg-edge"
    />
  )
}

function Running({ since, longestMs }: { since: string; longestMs: number }) {
  const now = useNow()
  const share = now === null || longestMs === 0 ? 1 : (now - Date.parse(since)) / longestMs
  return <Bar label={<Elapsed since={since} />} share={share} className="animate-pulse bg-busy" />
}

function Bar({ label, share, className }: { label: ReactNode; share: number; className: string }) {
  return (
    <span className="inline-flex w-24 flex-col gap-1">
      <span className="whitespace-nowrap tabular-nums">{label}</span>
      <span aria-hidden className="block h-1 rounded-full bg-hover">
        <span
          className={`block h-1 rounded-full ${className}`}
          style={{ width: `${Math.round(100 * Math.min(1, Math.max(0.02, share)))}%` }}
        />
      </span>
    </span>
  )
}
