'use client'
/** One thing that a run asks for: what it would do, word for word, why it asks, and what was or is to be decided. */
import { Check, Hourglass, type LucideIcon, MessageCircleQuestion, ShieldQuestion, X } from 'lucide-react'
import { lazily } from '#components/ui/lazily.tsx'
import { Link } from '#components/ui/link.tsx'
import { type ReactNode, Suspense } from 'react'
import { Badge, type Tone } from '#components/ui/badge.tsx'
import { RelativeTime, Time } from '#components/ui/time.tsx'
import { useMay } from '#lib/client/people.ts'
import type { Approval } from '#lib/contract/approval.ts'
import type { Role } from '#lib/contract/fields.ts'
import { Arguments } from './arguments.tsx'

const Deciding = lazily(() => import('./deciding.tsx'))

const WHY: Record<Approval['why'], string> = {
  rule: 'The agent asks before each of these.',
  tainted:
    'It is allowed to do this, but this run has read text from outside, which may have talked it into it.',
  first_use: 'It does this for the first time.',
  budget: 'It goes beyond its budget.',
}
const STATES: Record<Approval['status'], { label: string; tone: Tone; Icon: LucideIcon }> = {
  pending: { label: 'Waits for a decision', tone: 'warn', Icon: Hourglass },
  approved: { label: 'Approved', tone: 'good', Icon: Check },
  rejected: { label: 'Rejected', tone: 'bad', Icon: X },
  expired: { label: 'Expired', tone: 'neutral', Icon: Hourglass },
  cancelled: { label: 'Cancelled', tone: 'neutral', Icon: X },
  superseded: { label: 'Superseded', tone: 'neutral', Icon: X },
}

export function ApprovalCard({
  slug,
  approval: it,
  origin,
}: {
  slug: string
  approval: Approval
  /** Where it stands apart from its run: whose it is. */
  origin?: ReactNode
}) {
  const may = useMay(slug, it.requiredRole as Role)
  const asks = it.kind === 'question'
  const { label, tone, Icon } = STATES[it.status]
  const Sign = asks ? MessageCircleQuestion : ShieldQuestion
  return (
    <article
      aria-labelledby={`approval-${it.id}`}
      className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-raised p-4"
    >
      <header className="flex flex-wrap items-start gap-x-3 gap-y-1.5">
        <span className="flex min-w-0 flex-1 basis-48 items-start gap-2">
          <Sign aria-hidden className="mt-0.5 size-5 shrink-0 text-accent-text" />
          <h3 id={`approval-${it.id}`} className="min-w-0 font-semibold whitespace-pre-wrap wrap-anywhere">
            {it.question ?? it.summary}
          </h3>
        </span>
        <Badge tone={tone}>
          <Icon aria-hidden />
          {asks && it.status === 'approved' ? 'Answered' : label}
        </Badge>
      </header>
      {origin}
      {!asks && <Arguments of={it.editedArguments ?? it.arguments} edited={it.editedArguments !== null} />}
      {it.status === 'pending' ? (
        <>
          <p className="text-sm text-soft">
            {!asks && `${WHY[it.why]} `}
            Asked <RelativeTime at={it.requestedAt} />; it expires <RelativeTime at={it.expiresAt} />.
            {it.requireOther && ' Whoever made or last changed the schedule or its agent does not decide.'}
          </p>
          {may ? (
            <Suspense fallback={<div className="h-9" />}>
              <Deciding slug={slug} approval={it} />
            </Suspense>
          ) : (
            <p className="text-sm text-faint">Deciding takes the role {it.requiredRole}.</p>
          )}
        </>
      ) : (
        <Decided approval={it} />
      )}
    </article>
  )
}

function Decided({ approval: it }: { approval: Approval }) {
  return (
    <p className="text-sm text-soft wrap-anywhere">
      {typeof it.answer === 'string' && <span className="block font-medium text-ink">“{it.answer}”</span>}
      {it.decidedBy ? `By ${it.decidedBy.name}${it.decidedVia === 'api' ? ' (API key)' : ''}` : 'By nobody'}
      {it.decidedAt && (
        <>
          {', '}
          <Time at={it.decidedAt} />
        </>
      )}
      {it.note && `: “${it.note}”`}
    </p>
  )
}

/** A run and its workspace, for where approvals of many stand together. */
export const Origin = ({
  workspace,
  approval: it,
}: {
  workspace: { slug: string; name: string } | null
  approval: Approval
}) => (
  <p className="text-sm text-faint wrap-anywhere">
    {workspace && `${workspace.name} · `}
    <Link
      className="font-medium text-accent-text underline underline-offset-4"
      href={`/w/${workspace?.slug}/executions/${it.executionId}${it.step === null ? '' : `#step-${it.step}`}`}
    >
      {it.triggerName} #{it.executionId}
    </Link>
  </p>
)
