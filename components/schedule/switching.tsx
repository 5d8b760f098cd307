'use client'
/** On and off. Switching off asks why and until when; switching on is one press. */
import { useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Dialog, DialogContent } from '#components/ui/dialog.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useToggleSchedule } from '#lib/client/schedules.ts'
import type { Trigger } from '#lib/contract/trigger.ts'

const PauseForm = lazily(() => import('./pause-form.tsx'))

export type Switched = Pick<Trigger, 'id' | 'name' | 'enabled'>

export function useResume(slug: string) {
  const toggle = useToggleSchedule(slug)
  const resume = ({ id, name }: Switched) =>
    toggle.mutate(
      { id, enabled: true },
      {
        onSuccess: () => toast.success(`${name} is on`),
        onError: (error) => toast.error(`${name} stays off`, { description: error.message }),
      },
    )
  return { resume, pending: toggle.isPending }
}

export function ScheduleSwitch({
  slug,
  schedule,
  disabled = false,
}: {
  slug: string
  schedule: Switched
  disabled?: boolean | undefined
}) {
  const { resume } = useResume(slug)
  const [pausing, setPausing] = useState(false)
  return (
    <>
      <Switch
        aria-label={`${schedule.name} is on`}
        checked={schedule.enabled}
        disabled={disabled}
        onCheckedChange={(on) => (on ? resume(schedule) : setPausing(true))}
      />
      <Dialog open={pausing} onOpenChange={setPausing}>
        <DialogContent
          title={`Pause ${schedule.name}?`}
          description="It plans no runs until it is resumed. A run that goes on now is not stopped."
        >
          <PauseForm slug={slug} schedules={[schedule]} onDone={() => setPausing(false)} />
        </DialogContent>
      </Dialog>
    </>
  )
}
