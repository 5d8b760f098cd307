'use client'
/** What one run asks for, to be decided where the run is shown. */
import { ProblemNote } from '#components/ui/problem.tsx'
import { useApprovals } from '#lib/client/approvals.ts'
import { ApprovalCard } from './approval.tsx'

export function AskedBy({
  slug,
  executionId,
  which,
}: {
  slug: string
  executionId: number
  which: 'pending' | 'decided'
}) {
  const approvals = useApprovals(slug, executionId)
  const shown = approvals.data?.filter((it) => (it.status === 'pending') === (which === 'pending')) ?? []
  if (approvals.error && shown.length === 0)
    return which === 'pending' ? <ProblemNote error={approvals.error} /> : null
  if (shown.length === 0) return null
  return (
    <ul className="flex flex-col gap-3" aria-label={which === 'pending' ? 'Asked for' : 'Decided'}>
      {shown.map((it) => (
        <li key={it.id}>
          <ApprovalCard slug={slug} approval={it} />
        </li>
      ))}
    </ul>
  )
}
