'use client'
/** A staged run beside the form that it tries out: its steps and its result appear while it goes on. */
import { Formatted } from '#components/chat/formatted.tsx'
import { ButtonLink } from '#components/ui/button.tsx'
import { useExecution } from '#lib/client/executions.ts'
import { ExecutionStatus } from './status-badge.tsx'
import { Steps } from './steps.tsx'

export function Trial({ slug, id }: { slug: string; id: number }) {
  const { data: it } = useExecution(slug, id)
  if (!it) return null
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4" aria-live="polite">
      <p className="flex flex-wrap items-center gap-2">
        <ExecutionStatus execution={it} />
        <ButtonLink variant="ghost" size="sm" href={`/w/${slug}/executions/${id}`}>
          Open the run
        </ButtonLink>
      </p>
      {it.error && <p className="text-sm text-bad wrap-anywhere">{it.error}</p>}
      {it.steps.length > 0 && <Steps steps={it.steps} startedAt={it.startedAt} />}
      {it.output && <Formatted text={it.output} />}
    </div>
  )
}
