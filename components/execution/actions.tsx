'use client'
/** Stop it, or run it again. */
import { RotateCw, Square } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { Button } from '#components/ui/button.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useCancelExecution, useRetryExecution } from '#lib/client/executions.ts'
import type { Execution } from '#lib/contract/execution.ts'
import { goesOn } from './words.ts'

export function ExecutionActions({ slug, execution }: { slug: string; execution: Execution }) {
  return goesOn(execution) ? (
    <Cancel slug={slug} execution={execution} />
  ) : (
    <Again slug={slug} execution={execution} />
  )
}

function Cancel({ slug, execution: { id, cancelRequested } }: { slug: string; execution: Execution }) {
  const cancel = useCancelExecution(slug)
  const stopping = cancelRequested || cancel.isPending || cancel.isSuccess
  return (
    <Button
      variant={stopping ? 'secondary' : 'danger'}
      pending={stopping}
      aria-keyshortcuts="c"
      onClick={() =>
        cancel.mutate(id, {
          onError: (error) => toast.error('It was not cancelled', { description: error.message }),
        })
      }
    >
      {stopping ? (
        'Stopping …'
      ) : (
        <>
          <Square aria-hidden />
          Cancel
        </>
      )}
    </Button>
  )
}

function Again({ slug, execution: { id } }: { slug: string; execution: Execution }) {
  const router = useRouter()
  const again = useRetryExecution(slug)
  return (
    <Button
      pending={again.isPending}
      aria-keyshortcuts="r"
      onClick={() =>
        again.mutate(id, {
          onSuccess: ({ execution }) => router.push(`/w/${slug}/executions/${execution.id}`),
          onError: (error) => toast.error('It was not started', { description: error.message }),
        })
      }
    >
      {!again.isPending && <RotateCw aria-hidden />}Run again
    </Button>
  )
}
