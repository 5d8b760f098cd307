'use client'
/** When it runs: by a pattern, every so often, or once. */
import { CalendarClock, CalendarDays, Repeat } from 'lucide-react'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { Select } from '#components/ui/select.tsx'
import { useNow } from '#components/ui/clock.ts'
import { PlannedRuns, plannedAt, Warnings } from '../planned.tsx'
import { instantOf, isZone, wallOf } from '../wall-clock.ts'
import { CronFields } from './cron-field.tsx'
import { type Draft, UNITS, type Unit } from './draft.ts'
import { ZonePicker } from '../zone-picker.tsx'

const KINDS = [
  { value: 'schedule', label: 'Cron schedule', icon: <CalendarClock aria-hidden /> },
  { value: 'interval', label: 'Interval', icon: <Repeat aria-hidden /> },
  { value: 'once', label: 'Once', icon: <CalendarDays aria-hidden /> },
] as const

export interface PartProps {
  draft: Draft
  change(part: Partial<Draft>): void
  errors: Record<string, string>
}

export function When({ draft, change, errors, viewerZone }: PartProps & { viewerZone: string }) {
  return (
    <div className="flex flex-col gap-5">
      <Segmented<Draft['kind']>
        aria-label="Kind"
        value={draft.kind}
        options={KINDS}
        onValueChange={(kind) => change({ kind })}
      />
      {draft.kind === 'schedule' && (
        <CronFields
          pattern={draft.cronExpression}
          zone={draft.timezone}
          viewerZone={viewerZone}
          errors={errors}
          onPattern={(cronExpression) => change({ cronExpression })}
          onZone={(timezone) => change({ timezone })}
        />
      )}
      {draft.kind === 'interval' && (
        <Interval draft={draft} change={change} errors={errors} viewerZone={viewerZone} />
      )}
      {draft.kind === 'once' && (
        <Once draft={draft} change={change} errors={errors} viewerZone={viewerZone} />
      )}
    </div>
  )
}

const MOST_SHOWN = 5
const MINUTE_MS = 60_000

function Interval({ draft, change, errors, viewerZone }: PartProps & { viewerZone: string }) {
  const now = useNow(MINUTE_MS) ?? 0
  const stepMs = Number(draft.every) * Number(draft.unit) * 1000
  const planned =
    Number.isFinite(stepMs) && stepMs >= 1000 && now + stepMs * MOST_SHOWN < Date.UTC(2200, 0)
      ? Array.from({ length: MOST_SHOWN }, (_, n) => new Date(now + (n + 1) * stepMs))
      : []
  return (
    <>
      <div className="flex flex-wrap items-start gap-3">
        <Field label="Every" error={errors.everySeconds} className="w-40 max-w-full">
          <Input inputMode="decimal" value={draft.every} onValueChange={(every) => change({ every })} />
        </Field>
        <Field label="Unit">
          <Select<Unit>
            className="w-36"
            value={draft.unit}
            options={UNITS}
            onValueChange={(unit) => change({ unit })}
          />
        </Field>
      </div>
      {planned.length > 0 && (
        <section
          aria-label="What this means"
          className="flex flex-col gap-3 rounded-lg bg-ground p-4 dark:bg-sunken/40"
        >
          <p className="text-sm text-soft">It counts from the moment it is made. Made now, it would run:</p>
          <PlannedRuns
            instants={plannedAt(planned, viewerZone, viewerZone)}
            zone={viewerZone}
            viewerZone={viewerZone}
          />
        </section>
      )}
    </>
  )
}

function Once({ draft, change, errors, viewerZone }: PartProps & { viewerZone: string }) {
  const at = instantOf(draft.at, draft.timezone)
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Date and time"
          error={errors.at}
          hint={errors.at ? undefined : 'On the wall clock of the time zone.'}
        >
          <Input type="datetime-local" value={draft.at} onValueChange={(next) => change({ at: next })} />
        </Field>
        <ZonePicker
          value={draft.timezone}
          onChange={(timezone) => change({ timezone })}
          error={errors.timezone}
        />
      </div>
      {at && isZone(draft.timezone) && (
        <section
          aria-label="What this means"
          className="flex flex-col gap-3 rounded-lg bg-ground p-4 dark:bg-sunken/40"
        >
          <Warnings warnings={skippedTime(draft, at)} />
          <PlannedRuns
            instants={plannedAt([new Date(at)], draft.timezone, viewerZone)}
            zone={draft.timezone}
            viewerZone={viewerZone}
            label="The run"
          />
        </section>
      )}
    </>
  )
}

/** What to say where the clock on the wall skips the time that was written. */
function skippedTime({ at: written, timezone }: Draft, at: string): string[] {
  const wall = wallOf(at, timezone)
  if (wall === written.slice(0, 16)) return []
  const place = timezone.replaceAll('_', ' ')
  return [`The clock skips ${written.slice(11, 16)} on that day in ${place}: it runs at ${wall.slice(11)}.`]
}
