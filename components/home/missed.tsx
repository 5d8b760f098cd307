'use client'
/** What was missed: run it, or let it be. More than one run is started only after their number was seen. */
import { Clock } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { formatNumber } from '#components/ui/number.ts'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Time } from '#components/ui/time.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useLetBe, useRunMissed, useWouldRun } from '#lib/client/now.ts'
import type { Execution } from '#lib/contract/execution.ts'
import { Row, Said, To } from './part.tsx'
import { starting } from './starting.ts'

export function Missed({ slug, execution: it, may }: { slug: string; execution: Execution; may: boolean }) {
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
            {formatNumber(it.missedCount ?? 1)} runs <Between execution={it} />
          </>
        ) : (
          <>
            of <Time at={it.scheduledFor ?? it.queuedAt} />
          </>
        )}
      </Said>
      {may && (
        <span className="flex gap-1.5">
          {gap ? <RunThem slug={slug} execution={it} /> : <RunIt slug={slug} execution={it} />}
          <Button
            variant="ghost"
            size="sm"
            pending={letBe.isPending}
            aria-label={`Dismiss what ${it.triggerName} missed`}
            onClick={() =>
              letBe.mutate(
                { executionIds: [it.id] },
                { onError: (error) => toast.error('It still stands here', { description: error.message }) },
              )
            }
          >
            Dismiss
          </Button>
        </span>
      )}
    </Row>
  )
}

const Between = ({ execution: it }: { execution: Execution }): ReactNode => (
  <>
    from <Time at={it.missedFrom ?? it.queuedAt} /> to <Time at={it.missedTo ?? it.queuedAt} />
  </>
)

function RunIt({ slug, execution }: { slug: string; execution: Execution }) {
  const run = useRunMissed(slug)
  return (
    <Button
      size="sm"
      pending={run.isPending}
      aria-label={`Run what ${execution.triggerName} missed`}
      onClick={() =>
        run.mutate(execution, {
          onSuccess: () => toast.success('It was started'),
          onError: (error) => toast.error('It was not started', { description: error.message }),
        })
      }
    >
      Run it
    </Button>
  )
}

function RunThem({ slug, execution }: { slug: string; execution: Execution }) {
  const [open, setOpen] = useState(false)
  const run = useRunMissed(slug)
  const would = useWouldRun(slug, execution, open)
  const { words, label, count } = starting(would.isFetching ? undefined : would.data)
  return (
    <>
      <Button
        size="sm"
        aria-label={`Run what ${execution.triggerName} missed`}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        Run them …
      </Button>
      <Confirm
        open={open}
        onOpenChange={setOpen}
        title={`Run what ${execution.triggerName} missed?`}
        confirmLabel={label}
        confirmDisabled={count === 0}
        onConfirm={async () => {
          const started = await run.mutateAsync(execution)
          toast.success(started === 1 ? '1 run was queued' : `${formatNumber(started)} runs were queued`)
        }}
      >
        <p>
          Missed <Between execution={execution} />. {would.error ? null : words}
        </p>
        {would.error && <ProblemNote error={would.error} />}
      </Confirm>
    </>
  )
}

/** All that were missed up to what is shown: what is missed meanwhile stays. */
export function DismissAll({ slug, shownAt }: { slug: string; shownAt: string }) {
  const letBe = useLetBe(slug)
  return (
    <div className="border-t border-line px-5 py-2 text-right">
      <Button
        variant="ghost"
        size="sm"
        pending={letBe.isPending}
        onClick={() =>
          letBe.mutate(
            { until: shownAt },
            { onError: (error) => toast.error('They still stand here', { description: error.message }) },
          )
        }
      >
        Dismiss all missed runs
      </Button>
    </div>
  )
}
