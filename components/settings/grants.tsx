'use client'
/** Approvals that somebody has had remembered: what is not asked for again, how often still, and until when. */
import { formatNumber } from '#components/ui/number.ts'
import { ShieldCheck } from 'lucide-react'
import { ListCard } from '#components/ui/list-card.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { Time } from '#components/ui/time.tsx'
import { useDeleteGrant, useGrants } from '#lib/client/approvals.ts'
import type { Grant } from '#lib/contract/approval.ts'
import { filterInWords } from '#lib/contract/filter-words.ts'

export function Grants({ slug }: { slug: string }) {
  return (
    <ListCard
      id="grants"
      title="Remembered approvals"
      about="Calls that no longer ask, because somebody said so. Runs that have read text from outside may ask all the same."
      items={useGrants(slug)}
      empty={{
        icon: <ShieldCheck />,
        title: 'No approvals remembered',
        words: 'When you approve a call, you can have it remembered: it stands here until you take it back.',
      }}
    >
      {(it) => <Row key={it.id} slug={slug} grant={it} />}
    </ListCard>
  )
}

/** The call itself, or what those have in common that it holds for. */
const nameOf = ({ filter, tool, summary }: Grant) =>
  filter === null
    ? summary
    : `${tool.replaceAll('_', ' ')}, where ${filterInWords(filter, (path) => path.replace(/^arguments\./, ''))}`

function usesOf({ uses, usesLeft, maxUses }: Grant): string {
  if (usesLeft !== null) return `${usesLeft} of ${maxUses} uses left`
  return uses === 0 ? 'not used yet' : uses === 1 ? 'used once' : `used ${formatNumber(uses)} times`
}

function Row({ slug, grant: it }: { slug: string; grant: Grant }) {
  const forget = useDeleteGrant(slug)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-medium wrap-anywhere">{nameOf(it)}</p>
        <p className="text-sm text-faint wrap-anywhere">
          {it.triggerName} · by {it.createdBy.name} · {usesOf(it)}
          {it.until && (
            <>
              {' · until '}
              <Time at={it.until} format="date" />
            </>
          )}
        </p>
      </div>
      <RemoveButton
        of={nameOf(it)}
        label="Forget"
        title="Ask again from now on?"
        confirmLabel="Forget it"
        onConfirm={() => forget.mutateAsync(it.id)}
      >
        {it.filter === null ? `The next call of “${it.summary}”` : 'The next call like this'} waits for a
        decision.
      </RemoveButton>
    </li>
  )
}
