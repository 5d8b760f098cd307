'use client'
/** What can be done with a schedule besides switching it. */
import { Copy, FlaskConical, MoreHorizontal, Pencil, Play, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { Menu, MenuContent, MenuItem, MenuLink, MenuSeparator, MenuTrigger } from '#components/ui/menu.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useDeleteSchedule, useRestoreSchedule, useRunSchedule } from '#lib/client/schedules.ts'
import type { Trigger } from '#lib/contract/trigger.ts'

type Named = Pick<Trigger, 'id' | 'name'>

export function useRunNow(slug: string) {
  const router = useRouter()
  const running = useRunSchedule(slug)
  const run = ({ id, name }: Named, staged = false) =>
    running.mutate(
      { id, staged },
      {
        onSuccess({ execution }) {
          const action = {
            label: 'Open the run',
            onClick: () => router.push(`/w/${slug}/executions/${execution.id}`),
          }
          const description = execution.reason ?? undefined
          if (execution.status === 'skipped')
            toast.warning(`${name} was not started`, { description, action })
          else if (execution.status === 'queued' && execution.reason)
            toast.message(`${name} waits for its turn`, { description, action })
          else toast.success(`${name} was started`, { action })
        },
        onError: (error) => toast.error(`${name} was not started`, { description: error.message }),
      },
    )
  return { run, pending: running.isPending }
}

/** Says whether it is back. Whoever asked for it may be gone from the page by then: its row is. */
export function useBringBack(slug: string) {
  const { mutateAsync, isPending } = useRestoreSchedule(slug)
  const bringBack = ({ id, name }: Named) =>
    mutateAsync(id).then(
      () => toast.success(`${name} is back`),
      (error: Error) => toast.error(`${name} did not come back`, { description: error.message }),
    )
  return { bringBack, isPending }
}

/** Says that it is gone, with the way back. */
function useDeleting(slug: string) {
  const remove = useDeleteSchedule(slug)
  const { bringBack } = useBringBack(slug)
  return async (schedule: Named) => {
    await remove.mutateAsync(schedule.id)
    toast.success(`${schedule.name} was deleted`, {
      description: 'It can be restored for 30 days.',
      action: { label: 'Undo', onClick: () => void bringBack(schedule) },
      duration: 10_000,
    })
  }
}

/** `compact`: with what stands beside it on the schedule's own page left out. */
export function ScheduleMenu({
  slug,
  schedule,
  compact = false,
  onDeleted,
}: {
  slug: string
  schedule: Named
  compact?: boolean | undefined
  onDeleted?: (() => void) | undefined
}) {
  const { run } = useRunNow(slug)
  const remove = useDeleting(slug)
  const [deleting, setDeleting] = useState(false)
  return (
    <>
      <Menu>
        <MenuTrigger
          render={
            <Button variant="ghost" size="iconSm" aria-label={`More for ${schedule.name}`}>
              <MoreHorizontal aria-hidden />
            </Button>
          }
        />
        <MenuContent align="end">
          {!compact && (
            <MenuItem onClick={() => run(schedule)}>
              <Play aria-hidden />
              Run now
            </MenuItem>
          )}
          <MenuItem onClick={() => run(schedule, true)}>
            <FlaskConical aria-hidden />
            Run staged, without effects
          </MenuItem>
          {!compact && (
            <MenuLink href={`/w/${slug}/schedules/${schedule.id}/edit`}>
              <Pencil aria-hidden />
              Edit
            </MenuLink>
          )}
          <MenuLink href={`/w/${slug}/schedules/new?copy=${schedule.id}`}>
            <Copy aria-hidden />
            Duplicate
          </MenuLink>
          <MenuSeparator />
          <MenuItem danger onClick={() => setDeleting(true)}>
            <Trash2 aria-hidden />
            Delete …
          </MenuItem>
        </MenuContent>
      </Menu>
      <Confirm
        danger
        open={deleting}
        onOpenChange={setDeleting}
        title={`Delete ${schedule.name}?`}
        confirmLabel="Delete"
        onConfirm={async () => {
          await remove(schedule)
          onDeleted?.()
        }}
      >
        It does not run any more, and the history of its runs stays. For 30 days it can be restored.
      </Confirm>
    </>
  )
}
