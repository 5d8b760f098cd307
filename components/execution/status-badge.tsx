/** How an execution stands, in an icon and a word. */
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleSlash,
  CircleX,
  Clock,
  LoaderCircle,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { Badge, type Tone } from '#components/ui/badge.tsx'
import type { Execution, Status } from '#lib/contract/execution.ts'

export const STATUSES: Record<Status, { label: string; tone: Tone; icon: ReactNode }> = {
  queued: { label: 'Queued', tone: 'neutral', icon: <CircleDashed aria-hidden /> },
  running: { label: 'Running', tone: 'busy', icon: <LoaderCircle aria-hidden className="animate-spin" /> },
  waiting: { label: 'Waiting', tone: 'warn', icon: <CirclePause aria-hidden /> },
  success: { label: 'Success', tone: 'good', icon: <CircleCheck aria-hidden /> },
  failed: { label: 'Failed', tone: 'bad', icon: <CircleX aria-hidden /> },
  cancelled: { label: 'Cancelled', tone: 'neutral', icon: <Ban aria-hidden /> },
  skipped: { label: 'Skipped', tone: 'neutral', icon: <CircleSlash aria-hidden /> },
  missed: { label: 'Missed', tone: 'warn', icon: <Clock aria-hidden /> },
}

export function StatusBadge({ status, className }: { status: Status; className?: string | undefined }) {
  const { label, tone, icon } = STATUSES[status]
  return (
    <Badge tone={tone} className={className}>
      {icon}
      {label}
    </Badge>
  )
}

/** As the badge, but a run that was asked to stop says so until it has. */
export function ExecutionStatus({
  execution: { status, cancelRequested },
  className,
}: {
  execution: Pick<Execution, 'status' | 'cancelRequested'>
  className?: string | undefined
}) {
  if (status === 'running' && cancelRequested)
    return (
      <Badge tone="warn" className={className}>
        <LoaderCircle aria-hidden className="animate-spin" />
        Stopping …
      </Badge>
    )
  return <StatusBadge status={status} className={className} />
}
