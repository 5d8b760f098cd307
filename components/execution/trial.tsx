'use client'
/** A staged run beside the form that it tries out: its steps and its result appear while it goes on. */
import { Formatted } from '#components/chat/formatted.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { useExecution } from '#lib/client/executions.ts'
import type { ExecutionDetail } from '#lib/contract/execution.ts'
import { ExecutionStatus } from './status-badge.tsx'
import { Steps } from './steps.tsx'

export function Trial({ slug, id }: { slug: string; id: number }) {
  const run = useExecution(slug, id)
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4" aria-live="polite">
      {run.data ? (
        <Shown slug={slug} execution={run.data} />
      ) : run.error ? (
        <>
          <ProblemNote error={run.error} />
          <div>
            <Button size="sm" pending={run.isFetching} onClick={() => void run.refetch()}>
              Load it again
            </Button>
          </div>
        </>
      ) : (
        <WaitingRows rows={3} />
      )}
    </div>
  )
}

function Shown({ slug, execution: it }: { slug: string; execution: ExecutionDetail }) {
  return (
    <>
      <p className="flex flex-wrap items-center gap-2">
        <ExecutionStatus execution={it} />
        <ButtonLink variant="ghost" size="sm" href={`/w/${slug}/executions/${it.id}`}>
          Open the run
        </ButtonLink>
      </p>
      {it.error && <p className="text-sm text-bad wrap-anywhere">{it.error}</p>}
      {it.steps.length > 0 && <Steps steps={it.steps} startedAt={it.startedAt} />}
      {it.output && <Formatted text={it.output} />}
    </>
  )
}
