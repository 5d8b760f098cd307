'use client'
/** Why a schedule does not run, and the way back. Nothing while it runs. */
import { CircleOff, CirclePause, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Link } from '#components/ui/link.tsx'
import { Time } from '#components/ui/time.tsx'
import { useMay } from '#lib/client/people.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { saysWhoOnly } from './pause-reason.ts'
import { useResume } from './switching.tsx'

interface NoticeProps {
  slug: string
  schedule: Trigger
}

const STOPPED = ['broken', 'unready', 'disabled', 'paused'] as const
export const isStopped = ({ health }: Pick<Trigger, 'health'>): boolean => STOPPED.some((it) => it === health)

/** Most schedules run, and ask for nothing. */
export const ScheduleNotice = (props: NoticeProps) =>
  isStopped(props.schedule) ? <WhyNot {...props} /> : null

function WhyNot({ slug, schedule }: NoticeProps) {
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
      <Note tone="bad" icon={<CircleX aria-hidden />}>
        <strong className="font-semibold">It is not ready.</strong> {schedule.unready}
      </Note>
    )
  }
  if (schedule.health === 'disabled') {
    return (
      <Note tone="warn" icon={<CircleOff aria-hidden />} actions={again('Switch on again')}>
        {schedule.disabledReason}
      </Note>
    )
  }
  return (
    <Note tone="quiet" icon={<CirclePause aria-hidden />} actions={again('Resume')}>
      <Paused schedule={schedule} />
    </Note>
  )
}

/** Who paused it, since when, why, and until when. */
function Paused({ schedule: { pausedBy, pausedAt, pausedUntil, ...it } }: { schedule: Trigger }) {
  const reason = reasonOf({ pausedBy, ...it })
  return (
    <>
      <strong className="font-semibold">Paused{pausedBy && ` by ${pausedBy}`}</strong>
      {pausedAt && (
        <>
          {' '}
          since <Time at={pausedAt} />
        </>
      )}
      {reason === null ? '.' : `: ${reason}.`}
      <Until at={pausedUntil} />
    </>
  )
}

const Until = ({ at }: { at: string | null }) =>
  at && (
    <>
      {' '}
      Until <Time at={at} />.
    </>
  )

/** What somebody gave as the reason. */
const reasonOf = ({ pausedReason, pausedBy }: Pick<Trigger, 'pausedReason' | 'pausedBy'>): string | null =>
  pausedReason === null || (pausedBy !== null && saysWhoOnly(pausedReason))
    ? null
    : pausedReason.replace(/[.]$/, '')

/** The same in a line of a list, where a badge says that it is off and the switch brings it back. */
export function StoppedLine({ slug, schedule, may }: NoticeProps & { may: boolean }) {
  const { health, pausedBy, pausedUntil } = schedule
  const reason = health === 'paused' ? reasonOf(schedule) : null
  const words = {
    broken: schedule.problem,
    unready: schedule.unready,
    disabled: schedule.disabledReason,
    paused: `${[pausedBy && `By ${pausedBy}`, reason].filter(Boolean).join(': ') || 'No reason was given'}.`,
  }[health as (typeof STOPPED)[number]]
  return (
    <>
      <span title={words ?? undefined} className="min-w-0 text-soft sm:truncate">
        {words}
        {health === 'paused' && <Until at={pausedUntil} />}
      </span>
      {health === 'broken' && may && (
        <Link
          href={`/w/${slug}/schedules/${schedule.id}/edit`}
          aria-label={`Mend ${schedule.name}`}
          className="shrink-0 font-medium text-accent-text underline underline-offset-4"
        >
          Fix it
        </Link>
      )}
    </>
  )
}

const TONES = { bad: 'bg-bad-soft text-bad', warn: 'bg-warn-soft text-warn', quiet: 'bg-sunken text-soft' }

function Note({
  tone,
  icon,
  actions,
  children,
}: {
  tone: keyof typeof TONES
  icon: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  return (
    <div
      className={cn(
        'flex min-w-0 flex-wrap items-center gap-x-4 gap-y-2 rounded-lg px-3 py-2 text-sm [&_svg]:size-4',
        TONES[tone],
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
