'use client'
/** The runs before and after one (j, k), and in what it differs from the last one that ended. */
import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { TextDifference } from '#components/difference/text-difference.tsx'
import { ChangeList } from '#components/revision/change-list.tsx'
import { ButtonLink } from '#components/ui/button.tsx'
import { Section } from '#components/ui/card.tsx'
import { Time } from '#components/ui/time.tsx'
import { useBeside } from '#lib/client/executions.ts'
import type { ExecutionDetail } from '#lib/contract/execution.ts'
import { StatusBadge } from './status-badge.tsx'

export function Neighbours({ slug, id }: { slug: string; id: number }) {
  const { data } = useBeside(slug, id)
  const { earlier = null, later = null } = data ?? {}
  const to = (run: number | null, key: string, label: string, icon: ReactNode) =>
    run !== null && (
      <ButtonLink
        variant="ghost"
        size="iconSm"
        href={`/w/${slug}/executions/${run}`}
        aria-label={label}
        title={`${label} (${key})`}
        aria-keyshortcuts={key}
      >
        {icon}
      </ButtonLink>
    )
  return (
    <span className="inline-flex min-h-8 min-w-16">
      {to(earlier, 'j', 'The run before', <ChevronLeft aria-hidden />)}
      {to(later, 'k', 'The run after', <ChevronRight aria-hidden />)}
    </span>
  )
}

const textOf = (it: { output: string | null; error: string | null }) => it.output ?? it.error ?? ''

/** Nothing where there is nothing to compare with. */
export function Differences({ slug, execution: it }: { slug: string; execution: ExecutionDetail }) {
  const { data } = useBeside(slug, it.id)
  if (!data?.before || (it.status !== 'success' && it.status !== 'failed')) return null
  const { before, changes } = data
  const [was, is] = [textOf(before), textOf(it)]
  return (
    <Section id="differences" title="Compared with the run before">
      <div className="flex flex-col gap-3 text-sm">
        <p className="flex flex-wrap items-center gap-2 text-soft">
          <ButtonLink variant="ghost" size="sm" href={`/w/${slug}/executions/${before.id}`}>
            Run #{before.id}
          </ButtonLink>
          <StatusBadge status={before.status} />
          <Time at={before.queuedAt} />
        </p>
        {was === is ? (
          <p>{is === '' ? 'Neither said anything.' : 'It said the same.'}</p>
        ) : (
          <div className="max-h-96 overflow-y-auto rounded-lg bg-sunken px-4 py-3">
            <TextDifference before={was} after={is} />
          </div>
        )}
        {changes.length > 0 ? (
          <>
            <h3 className="font-medium">It ran with</h3>
            <ChangeList changes={changes} />
          </>
        ) : (
          <p className="text-faint">It ran with the same settings.</p>
        )}
      </div>
    </Section>
  )
}
