'use client'
/** Stop it, or run it again. */
import { ChevronDown, RotateCw, Square } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { Button } from '#components/ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx'
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
  const run = (config: 'current' | 'same') =>
    again.mutate(
      { id, config },
      {
        onSuccess: ({ execution }) => router.push(`/w/${slug}/executions/${execution.id}`),
        onError: (error) => toast.error('It was not started', { description: error.message }),
      },
    )
  return (
    <span className="flex">
      <Button
        pending={again.isPending}
        aria-keyshortcuts="r"
        onClick={() => run('current')}
        className="rounded-r-none"
      >
        {!again.isPending && <RotateCw aria-hidden />}Run again
      </Button>
      <Menu>
        <MenuTrigger
          render={
            <Button
              aria-label="Run again, with which settings?"
              size="slim"
              className="-ml-px rounded-l-none"
            >
              <ChevronDown aria-hidden />
            </Button>
          }
        />
        <MenuContent align="end">
          <MenuItem onClick={() => run('current')}>With the settings of now</MenuItem>
          <MenuItem onClick={() => run('same')}>With the settings of this run</MenuItem>
        </MenuContent>
      </Menu>
    </span>
  )
}
