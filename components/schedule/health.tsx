/** How a schedule is, in an icon and a word. */
import { CircleCheck, CircleDashed, CircleOff, CirclePause, CircleX, Flag, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Badge, type Tone } from '#components/ui/badge.tsx'
import type { Health } from '#lib/contract/trigger.ts'

export const HEALTHS: Record<Health, { label: string; tone: Tone; icon: ReactNode }> = {
  healthy: { label: 'Healthy', tone: 'good', icon: <CircleCheck aria-hidden /> },
  failing: { label: 'Failing', tone: 'bad', icon: <TriangleAlert aria-hidden /> },
  unready: { label: 'Not ready', tone: 'bad', icon: <TriangleAlert aria-hidden /> },
  broken: { label: 'Problem', tone: 'bad', icon: <CircleX aria-hidden /> },
  disabled: { label: 'Switched off', tone: 'warn', icon: <CircleOff aria-hidden /> },
  paused: { label: 'Paused', tone: 'neutral', icon: <CirclePause aria-hidden /> },
  new: { label: 'New', tone: 'busy', icon: <CircleDashed aria-hidden /> },
  ended: { label: 'Ended', tone: 'neutral', icon: <Flag aria-hidden /> },
}

export function HealthBadge({ health, className }: { health: Health; className?: string | undefined }) {
  const { label, tone, icon } = HEALTHS[health]
  return (
    <Badge tone={tone} className={className}>
      {icon}
      {label}
    </Badge>
  )
}
