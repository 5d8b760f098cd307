'use client'
/** A schedule that was put forward: what it is, when it would run, and the one press that makes it. */
import { CalendarPlus, Check } from 'lucide-react'
import { forecastIn } from '#components/schedule/forecast.ts'
import { PlannedRuns, Warnings } from '#components/schedule/planned.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { useNow } from '#components/ui/clock.ts'
import { Problem, ProblemNote } from '#components/ui/problem.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { RelativeTime, useZone } from '#components/ui/time.tsx'
import { useMay } from '#lib/client/people.ts'
import { isProblem } from '#lib/client/problem.ts'
import { useConfirmProposal, useDismissProposal, useProposal } from '#lib/client/proposals.ts'
import type { Proposal } from '#lib/contract/proposal.ts'

export default function ProposalCard({ slug, id }: { slug: string; id: number }) {
  const proposal = useProposal(slug, id)
  if (proposal.data) return <Shown slug={slug} proposal={proposal.data} />
  if (isProblem(proposal.error) && proposal.error.status === 404)
    return <p className="text-faint">This proposal is no longer kept.</p>
  if (proposal.error)
    return (
      <Problem error={proposal.error} retry={proposal.refetch} title="The proposal could not be loaded" />
    )
  return <WaitingRows rows={3} />
}

function Shown({ slug, proposal: it }: { slug: string; proposal: Proposal }) {
  const zone = useZone() ?? it.trigger.timezone
  return (
    <section
      aria-label={`Proposed: ${it.trigger.name}`}
      className="flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-surface p-4 text-sm shadow-card"
    >
      <header className="flex items-start gap-2">
        <CalendarPlus aria-hidden className="mt-0.5 size-4.5 shrink-0 text-accent-text" />
        <div className="min-w-0">
          <p className="font-semibold wrap-anywhere">{it.trigger.name}</p>
          <p className="text-soft wrap-anywhere">
            {it.humanReadable}, done by {it.agentName}
          </p>
        </div>
      </header>
      {it.instants.length > 0 && (
        <PlannedRuns instants={it.instants} zone={it.trigger.timezone} viewerZone={zone} />
      )}
      <Warnings warnings={it.warnings} />
      {it.forecast && it.forecast.basis !== 'none' && <p className="text-soft">{forecastIn(it.forecast)}</p>}
      <Deciding slug={slug} proposal={it} />
    </section>
  )
}

const MINUTE_MS = 60_000

function Deciding({
  slug,
  proposal: { id, trigger, triggerId, confirmedBy, expiresAt },
}: {
  slug: string
  proposal: Proposal
}) {
  const confirm = useConfirmProposal(slug, id)
  const dismiss = useDismissProposal(slug, id)
  const may = useMay(slug, 'editor')
  const now = useNow(MINUTE_MS)
  if (triggerId !== null)
    return (
      <p role="status" className="flex flex-wrap items-center gap-2">
        <Check aria-hidden className="size-4 text-good" />
        <span>Planned by {confirmedBy?.name}.</span>
        <ButtonLink size="sm" href={`/w/${slug}/schedules/${triggerId}`}>
          Open the schedule
        </ButtonLink>
      </p>
    )
  if (now !== null && Date.parse(expiresAt) <= now)
    return <p className="text-faint">It was put away, or nobody confirmed it in time.</p>
  if (!may) return <p className="text-faint">An editor can confirm it.</p>
  return (
    <>
      {confirm.error && <ProblemNote error={confirm.error} />}
      {dismiss.error && <ProblemNote error={dismiss.error} />}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          variant="primary"
          size="sm"
          pending={confirm.isPending}
          aria-label={`Confirm ${trigger.name}`}
          onClick={() => confirm.mutate(undefined)}
        >
          Confirm
        </Button>
        <ButtonLink
          size="sm"
          aria-label={`Edit ${trigger.name}`}
          href={`/w/${slug}/schedules/new?proposal=${id}`}
        >
          Edit
        </ButtonLink>
        <Button
          variant="ghost"
          size="sm"
          pending={dismiss.isPending}
          aria-label={`Put away ${trigger.name}`}
          onClick={() => dismiss.mutate()}
        >
          Put away
        </Button>
        <span className="text-xs text-faint">
          Nothing runs before. Expires <RelativeTime at={expiresAt} />.
        </span>
      </div>
    </>
  )
}
