'use client'
/** What is done with several schedules at once. Each is changed by itself, as if alone, and is on record so. */
import { CirclePause, CirclePlay, Play, Trash2, Undo2, X } from 'lucide-react'
import { Suspense, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Button } from '#components/ui/button.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { Dialog, DialogContent } from '#components/ui/dialog.tsx'
import { toast } from '#components/ui/toast.tsx'
import {
  useDeleteSchedule,
  useRestoreSchedule,
  useRunSchedule,
  useToggleSchedule,
} from '#lib/client/schedules.ts'
import type { Trigger } from '#lib/contract/trigger.ts'

const PauseForm = lazily(() => import('./pause-form.tsx'))

type Chosen = readonly Pick<Trigger, 'id' | 'name' | 'enabled' | 'deletedAt'>[]
const counted = (n: number) => (n === 1 ? '1 schedule' : `${n} schedules`)

/** One after another: what is refused is told by name, and does not hold up the others. */
async function each(chosen: Chosen, act: (id: number) => Promise<unknown>) {
  const done: Chosen[number][] = []
  const refused: string[] = []
  for (const it of chosen)
    await act(it.id).then(
      () => done.push(it),
      (error: Error) => refused.push(`${it.name}: ${error.message}`),
    )
  return { done, refused }
}

function tell({ done, refused }: Awaited<ReturnType<typeof each>>, words: string, undo?: () => void) {
  const description = refused.slice(0, 5).join(' ')
  if (refused.length > 0) toast.error(`${counted(refused.length)} could not be ${words}`, { description })
  if (done.length > 0)
    toast.success(
      `${counted(done.length)} ${done.length === 1 ? 'was' : 'were'} ${words}`,
      undo && { action: { label: 'Undo', onClick: undo }, duration: 10_000 },
    )
}

interface Props {
  slug: string
  chosen: Chosen
  onDone(): void
}

export function Together({ slug, chosen, onDone }: Props) {
  const [asked, ask] = useState<'pause' | 'delete' | null>(null)
  const [pending, setPending] = useState(false)
  const doing = useDoing(slug)
  const act = async (what: keyof typeof doing) => {
    setPending(true)
    await doing[what](chosen)
    setPending(false)
    onDone()
  }
  const gone = chosen.some((it) => it.deletedAt !== null)
  return (
    <section
      aria-label="The chosen schedules"
      className="sticky bottom-3 z-10 flex flex-wrap items-center gap-2 rounded-xl border border-line bg-surface px-4 py-2.5 shadow-raised"
    >
      <p role="status" className="mr-auto text-sm font-medium tabular-nums">
        {counted(chosen.length)}
      </p>
      {gone ? (
        <Button size="sm" pending={pending} onClick={() => void act('restore')}>
          <Undo2 aria-hidden />
          Restore
        </Button>
      ) : (
        <>
          <Button size="sm" pending={pending} onClick={() => void act('run')}>
            <Play aria-hidden />
            Run now
          </Button>
          <Button size="sm" onClick={() => ask('pause')}>
            <CirclePause aria-hidden />
            Pause
          </Button>
          <Button size="sm" pending={pending} onClick={() => void act('resume')}>
            <CirclePlay aria-hidden />
            Resume
          </Button>
          <Button size="sm" onClick={() => ask('delete')}>
            <Trash2 aria-hidden />
            Delete
          </Button>
        </>
      )}
      <Button variant="ghost" size="iconSm" aria-label="Choose none" onClick={onDone}>
        <X aria-hidden />
      </Button>
      <Dialog open={asked === 'pause'} onOpenChange={() => ask(null)}>
        <DialogContent
          title={`Pause ${counted(chosen.length)}?`}
          description="They plan no runs until they are resumed. Runs that go on now are not stopped."
        >
          <Suspense>
            <PauseForm
              slug={slug}
              schedules={chosen}
              onDone={() => {
                ask(null)
                tell({ done: [...chosen], refused: [] }, 'paused')
                onDone()
              }}
            />
          </Suspense>
        </DialogContent>
      </Dialog>
      <Confirm
        danger
        open={asked === 'delete'}
        onOpenChange={(open) => ask(open ? 'delete' : null)}
        title={`Delete ${counted(chosen.length)}?`}
        confirmLabel="Delete"
        onConfirm={() => act('remove')}
      >
        They do not run any more, and the history of their runs stays. For 30 days they can be restored.
      </Confirm>
    </section>
  )
}

function useDoing(slug: string) {
  const run = useRunSchedule(slug).mutateAsync
  const toggle = useToggleSchedule(slug).mutateAsync
  const remove = useDeleteSchedule(slug).mutateAsync
  const restore = useRestoreSchedule(slug).mutateAsync
  const bringBack = async (chosen: Chosen) => tell(await each(chosen, restore), 'restored')
  return {
    run: async (chosen: Chosen) => tell(await each(chosen, (id) => run({ id })), 'started'),
    resume: async (chosen: Chosen) =>
      tell(await each(chosen, (id) => toggle({ id, enabled: true })), 'resumed'),
    restore: bringBack,
    async remove(chosen: Chosen) {
      const all = await each(chosen, remove)
      tell(all, 'deleted', () => void bringBack(all.done))
    },
  }
}
