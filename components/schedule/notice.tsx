'use client'
/** Why a schedule does not run, and the way back. Nothing while it runs. */
import { CircleOff, CirclePause, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Time } from '#components/ui/time.tsx'
import { useMay } from '#lib/client/people.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { useResume } from './switching.tsx'

interface NoticeProps {
  slug: string
  schedule: Trigger
  className?: string | undefined
}

const STOPPED: readonly Trigger['health'][] = ['broken', 'unready', 'disabled', 'paused']

/** Most schedules run, and a long list asks for nothing on their behalf. */
export const ScheduleNotice = (props: NoticeProps) =>
  STOPPED.includes(props.schedule.health) ? <WhyNot {...props} /> : null

function WhyNot({ slug, schedule, className }: NoticeProps) {
  const may = useMay(slug, 'editor')
  const { resume, pending } = useResume(slug)
  const again = (label: string) =>
    may && (
      <Button
        size="sm"
        pending={pending}
        aria-label={`${label}: ${schedule.name}`}
        onClick={() => resume(schedule)}
      >
        {label}
      </Button>
    )

  if (schedule.health === 'broken') {
    return (
      <Note
        tone="bad"
        icon={<CircleX aria-hidden />}
        className={className}
        actions={
          may && (
            <>
              <ButtonLink
                size="sm"
                href={`/w/${slug}/schedules/${schedule.id}/edit`}
                aria-label={`Mend ${schedule.name}`}
              >
                Fix it
              </ButtonLink>
              {again('Try again')}
            </>
          )
        }
      >
        <strong className="font-semibold">It cannot be planned.</strong> {schedule.problem}
      </Note>
    )
  }
  if (schedule.health === 'unready') {
    return (
      <Note tone="bad" icon={<CircleX aria-hidden />} className={className}>
        <strong className="font-semibold">It is not ready.</strong> {schedule.unready}
      </Note>
    )
  }
  if (schedule.health === 'disabled') {
    return (
      <Note
        tone="warn"
        icon={<CircleOff aria-hidden />}
        className={className}
        actions={again('Switch on again')}
      >
        {schedule.disabledReason}
      </Note>
    )
  }
  return (
    <Note tone="quiet" icon={<CirclePause aria-hidden />} className={className} actions={again('Resume')}>
      {!SAYS_SO.test(schedule.pausedReason ?? '') && <strong className="font-semibold">Paused. </strong>}
      {schedule.pausedReason && `${schedule.pausedReason.replace(/[.]$/, '')}.`}
      {schedule.pausedUntil && (
        <>
          {' '}
          Until <Time at={schedule.pausedUntil} />.
        </>
      )}
    </Note>
  )
}

/** What stands there when nobody gave a reason: it is not said twice. */
const SAYS_SO = /^(?:Paused|Switched off) by /

const TONES = { bad: 'bg-bad-soft text-bad', warn: 'bg-warn-soft text-warn', quiet: 'bg-sunken text-soft' }

function Note({
  tone,
  icon,
  actions,
  className,
  children,
}: {
  tone: keyof typeof TONES
  icon: ReactNode
  actions?: ReactNode
  className?: string | undefined
  children: ReactNode
}) {
  return (
    <div
      className={cn(
        'flex min-w-0 flex-wrap items-center gap-x-4 gap-y-2 rounded-lg px-3 py-2 text-sm [&_svg]:size-4',
        TONES[tone],
        className,
      )}
    >
      <p className="flex min-w-0 flex-1 basis-56 items-start gap-2 wrap-anywhere">
        <span className="mt-0.5 shrink-0">{icon}</span>
        <span className="min-w-0">{children}</span>
      </p>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  )
}
