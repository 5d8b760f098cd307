/** Whether its text can be found and read, in an icon and words. */
import { CircleCheck, CircleX, LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { Badge, type Tone } from '#components/ui/badge.tsx'
import type { Document, DocumentStatus as Status } from '#lib/contract/document.ts'

const STATUSES: Record<Status, { label: string; tone: Tone; icon: ReactNode }> = {
  ready: { label: 'Ready', tone: 'good', icon: <CircleCheck aria-hidden /> },
  extracting: {
    label: 'Being read',
    tone: 'busy',
    icon: <LoaderCircle aria-hidden className="animate-spin" />,
  },
  failed: { label: 'Cannot be read', tone: 'bad', icon: <CircleX aria-hidden /> },
}

export function DocumentStatus({ document: { status, problem } }: { document: Document }) {
  const { label, tone, icon } = STATUSES[status]
  const isPart = status === 'ready' && problem !== null
  return (
    <Badge tone={isPart ? 'warn' : tone}>
      {icon}
      {isPart ? 'Read in part' : label}
    </Badge>
  )
}
