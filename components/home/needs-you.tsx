'use client'
/** What somebody must decide, mend, run or let be; what is well does not stand here. */
import { CalendarPlus, CircleCheck, Clock, Inbox } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { HEALTHS } from '#components/schedule/health.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { formatNumber } from '#components/ui/number.ts'
import { RelativeTime } from '#components/ui/time.tsx'
import { useMay } from '#lib/client/people.ts'
import type { Approval } from '#lib/contract/approval.ts'
import type { Now, Trouble } from '#lib/contract/overview.ts'
import { DismissAll, Missed } from './missed.tsx'
import { Part, Row, Rows, Said, To } from './part.tsx'

export function NeedsYou({ slug, now }: { slug: string; now: Now }) {
  const { approvals, proposals, troubles, overdue, missed, totals } = now
  const count = [approvals, proposals, troubles, overdue, missed].reduce((sum, it) => sum + it.length, 0)
  const all = totals.approvals + totals.proposals + totals.troubles + overdue.length + totals.missed
  const may = useMay(slug, 'editor')
  return (
    <Part
      title="Needs you"
      count={count}
      of={all}
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
          <Rest n={totals.approvals - approvals.length} of="to decide" href={`/w/${slug}/approvals`} />
          {proposals.map((it) => (
            <Proposed key={it.id} slug={slug} proposal={it} may={may} />
          ))}
          <Rest n={totals.proposals - proposals.length} of="proposed" />
          {troubles.map((it) => (
            <InTrouble key={it.triggerId} slug={slug} trouble={it} />
          ))}
          <Rest
            n={totals.troubles - troubles.length}
            of="in trouble"
            href={`/w/${slug}/schedules?sort=trouble`}
          />
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
          <Rest n={totals.missed - missed.length} of="missed" href={`/w/${slug}/executions?status=missed`} />
        </Rows>
      )}
      {may && totals.missed > 1 && <DismissAll slug={slug} shownAt={now.at} />}
    </Part>
  )
}

/** What there is no room for; where nothing else lists it, it comes up as the others go. */
function Rest({ n, of, href }: { n: number; of: string; href?: string }) {
  if (n <= 0) return null
  const words = `${formatNumber(n)} more ${of}`
  return <Row>{href ? <To href={href}>{words}</To> : <Said>{words}</Said>}</Row>
}

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
