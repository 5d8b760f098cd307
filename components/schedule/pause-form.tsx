'use client'
/** Why a schedule is switched off, and until when. */
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogClose, DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { formatInstant } from '#components/ui/instants.ts'
import { ProblemNote } from '#components/ui/problem.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { viewerZone } from '#lib/client/reading.ts'
import { useToggleSchedule } from '#lib/client/schedules.ts'
import type { Switched } from './switching.tsx'
import { instantOf, wallOf } from './wall-clock.ts'

const HOUR_MS = 3_600_000

/** Monday morning for those who leave on a Friday; the next morning for everybody else. */
const SUGGESTIONS: { label(nine: string): string; until(zone: string): string }[] = [
  {
    label: () => 'For 1 hour',
    until: (zone) => wallOf(new Date(Date.now() + HOUR_MS).toISOString(), zone),
  },
  { label: (nine) => `Until tomorrow, ${nine}`, until: (zone) => nineIn(zone, () => 1) },
  {
    label: (nine) => `Until Monday, ${nine}`,
    until: (zone) => nineIn(zone, (weekday) => (8 - weekday) % 7 || 7),
  },
]
/** As the reader writes it. */
const nineWords = () => formatInstant('2026-01-01T09:00:00Z', 'time', 'UTC')
/** On the wall of that zone, so many days from the weekday that it is there. */
function nineIn(zone: string, days: (weekday: number) => number): string {
  const day = new Date(`${wallOf(new Date().toISOString(), zone)}Z`)
  day.setUTCDate(day.getUTCDate() + days(day.getUTCDay()))
  return `${day.toISOString().slice(0, 10)}T09:00`
}

interface Props {
  slug: string
  schedules: readonly Switched[]
  onDone(): void
}

/** The reason and the end are those of all of them; where one is refused, those before it are paused. */
export default function PauseForm({ slug, schedules, onDone }: Props) {
  const { mutateAsync } = useToggleSchedule(slug)
  const toggle = useMutation({
    mutationFn: async (how: { reason?: string; until?: string }) => {
      for (const { id } of schedules) await mutateAsync({ id, enabled: false, ...how })
    },
  })
  const zone = viewerZone()
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState('')
  const wrong = fieldErrors(toggle.error)
  function submit(event: FormEvent) {
    event.preventDefault()
    const end = instantOf(until, zone)
    toggle.mutate(
      { ...(reason.trim() && { reason: reason.trim() }), ...(end && { until: end }) },
      { onSuccess: onDone },
    )
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
      <Field
        label="Reason"
        hint="Everybody who wonders why it is quiet reads this."
        error={wrong.reason}
        optional
      >
        <Input
          value={reason}
          onValueChange={setReason}
          placeholder="e.g. The supplier's site is being rebuilt"
          autoComplete="off"
        />
      </Field>
      <Field
        label="Until"
        hint="Leave it empty to pause until somebody resumes it."
        error={wrong.until}
        optional
      >
        <Input type="datetime-local" value={until} onValueChange={setUntil} />
      </Field>
      <div className="-mt-2 flex flex-wrap gap-2">
        {SUGGESTIONS.map(({ label, until }) => (
          <Button key={label('')} size="sm" onClick={() => setUntil(until(zone))}>
            {label(nineWords())}
          </Button>
        ))}
      </div>
      {toggle.error && !wrong.reason && !wrong.until && <ProblemNote error={toggle.error} />}
      <DialogFooter>
        <DialogClose render={<Button variant="ghost">Keep it on</Button>} />
        <Button type="submit" variant="primary" pending={toggle.isPending}>
          Pause
        </Button>
      </DialogFooter>
    </form>
  )
}
