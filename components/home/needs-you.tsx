'use client'
/** What somebody must decide, mend, run or let be; what is well does not stand here. */
import { CalendarPlus, CircleCheck, Clock, Inbox } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import type { ReactNode } from 'react'
import { HEALTHS } from '#components/schedule/health.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { RelativeTime, Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useLetBe, useRunMissed } from '#lib/client/now.ts'
import { useMay } from '#lib/client/people.ts'
import type { Approval } from '#lib/contract/approval.ts'
import type { Execution } from '#lib/contract/execution.ts'
import type { Now, Trouble } from '#lib/contract/overview.ts'
import { Part, Row, Rows } from './part.tsx'

export function NeedsYou({ slug, now }: { slug: string; now: Now }) {
  const { approvals, proposals, troubles, overdue, missed } = now
  const count = [approvals, proposals, troubles, overdue, missed].reduce((sum, it) => sum + it.length, 0)
  const may = useMay(slug, 'editor')
  const letBe = useLetBe(slug)
  return (
    <Part
      title="Needs you"
      count={count}
      more={approvals.length > 0 ? { href: `/w/${slug}/approvals`, label: 'All approvals' } : undefined}
    >
      {count === 0 ? (
        <p className="flex items-center gap-2 border-t border-line px-5 py-4 text-sm">
          <CircleCheck aria-hidden className="size-4.5 text-good" />
          Nothing needs you.
        </p>
      ) : (
        <Rows>
          {approvals.map((it) => (
            <Asked key={it.id} slug={slug} approval={it} />
          ))}
          {proposals.map((it) => (
            <Proposed key={it.id} slug={slug} proposal={it} may={may} />
          ))}
          {troubles.map((it) => (
            <InTrouble key={it.triggerId} slug={slug} trouble={it} />
          ))}
          {overdue.map((it) => (
            <Row key={it.scheduleId}>
              <Badge tone="warn">
                <Clock aria-hidden />
                Late
              </Badge>
              <Said>
                <To href={`/w/${slug}/schedules/${it.scheduleId}`}>{it.name}</To> should have run{' '}
                <RelativeTime at={it.dueAt} />
              </Said>
            </Row>
          ))}
          {missed.map((it) => (
            <Missed key={it.id} slug={slug} execution={it} may={may} />
          ))}
        </Rows>
      )}
      {may && missed.length > 1 && (
        <div className="border-t border-line px-5 py-2 text-right">
          <Button
            variant="ghost"
            size="sm"
            pending={letBe.isPending}
            onClick={() =>
              letBe.mutate(
                missed.map((it) => it.id),
                {
                  onError: (error) => toast.error('They still stand here', { description: error.message }),
                },
              )
            }
          >
            Dismiss all missed runs
          </Button>
        </div>
      )}
    </Part>
  )
}

const Said = ({ children }: { children: ReactNode }) => (
  <p className="min-w-0 flex-1 basis-60 text-soft wrap-anywhere">{children}</p>
)
const To = ({ href, children }: { href: string; children: ReactNode }) => (
  <Link href={href} className="font-medium text-ink underline-offset-4 hover:underline">
    {children}
  </Link>
)

const DECIDE =
  'text-accent-text underline decoration-accent-text/40 underline-offset-4 hover:decoration-accent-text'

function Asked({ slug, approval }: { slug: string; approval: Approval }) {
  const href = `/w/${slug}/executions/${approval.executionId}`
  return (
    <Row>
      <Badge tone="accent">
        <Inbox aria-hidden />
        Asks
      </Badge>
      <Said>
        <To href={href}>{approval.triggerName}</To>: {approval.question ?? approval.summary}
        <span className="text-faint">
          {' · '}
          <RelativeTime at={approval.requestedAt} />
        </span>
      </Said>
      <Link href={href} className={DECIDE}>
        Decide<span className="sr-only"> for {approval.triggerName}</span>
      </Link>
    </Row>
  )
}

/** An agent has put a schedule forward; it lapses where nobody looks at it. */
function Proposed({
  slug,
  proposal: { id, name, proposedBy, expiresAt },
  may,
}: {
  slug: string
  proposal: Now['proposals'][number]
  may: boolean
}) {
  return (
    <Row>
      <Badge tone="accent">
        <CalendarPlus aria-hidden />
        Proposed
      </Badge>
      <Said>
        <span className="font-medium text-ink">{name}</span>, a schedule by {proposedBy}
        <span className="text-faint">
          {' · '}lapses <RelativeTime at={expiresAt} />
        </span>
      </Said>
      {may && (
        <Link href={`/w/${slug}/schedules/new?proposal=${id}`} className={DECIDE}>
          Look at it<span className="sr-only">: {name}</span>
        </Link>
      )}
    </Row>
  )
}

function InTrouble({
  slug,
  trouble: { triggerId, name, state, reason, failures },
}: {
  slug: string
  trouble: Trouble
}) {
  const { label, tone, icon } = HEALTHS[state]
  return (
    <Row>
      <Badge tone={tone}>
        {icon}
        {state === 'failing' && failures > 1 ? `Failed ${failures} times` : label}
      </Badge>
      <Said>
        <To href={`/w/${slug}/schedules/${triggerId}`}>{name}</To>
        {reason && <span className="line-clamp-2">{reason}</span>}
      </Said>
    </Row>
  )
}

function Missed({ slug, execution: it, may }: { slug: string; execution: Execution; may: boolean }) {
  const run = useRunMissed(slug)
  const letBe = useLetBe(slug)
  const gap = it.missedFrom !== null && it.missedTo !== null && (it.missedCount ?? 1) > 1
  return (
    <Row>
      <Badge tone="warn">
        <Clock aria-hidden />
        Missed
      </Badge>
      <Said>
        <To href={`/w/${slug}/executions/${it.id}`}>{it.triggerName}</To>{' '}
        {gap ? (
          <>
            {it.missedCount} runs from <Time at={it.missedFrom ?? it.queuedAt} /> to{' '}
            <Time at={it.missedTo ?? it.queuedAt} />
          </>
        ) : (
          <>
            of <Time at={it.scheduledFor ?? it.queuedAt} />
          </>
        )}
      </Said>
      {may && (
        <span className="flex gap-1.5">
          <Button
            size="sm"
            pending={run.isPending}
            aria-label={`Run what ${it.triggerName} missed`}
            onClick={() =>
              run.mutate(it, {
                onSuccess: (n) => toast.success(n === 1 ? 'It was started' : `${n} runs were queued`),
                onError: (error) => toast.error('It was not started', { description: error.message }),
              })
            }
          >
            {gap ? 'Run them' : 'Run it'}
          </Button>
          <Button
            variant="ghost"
            size="sm"
            pending={letBe.isPending}
            aria-label={`Dismiss what ${it.triggerName} missed`}
            onClick={() =>
              letBe.mutate([it.id], {
                onError: (error) => toast.error('It still stands here', { description: error.message }),
              })
            }
          >
            Dismiss
          </Button>
        </span>
      )}
    </Row>
  )
}
