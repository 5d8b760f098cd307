'use client'
/** A pattern: chosen, put together or written; what it means and when it runs next stands below as it is typed. */
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useResting } from '#components/ui/resting.ts'
import { Select } from '#components/ui/select.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useCronPreview } from '#lib/client/schedules.ts'
import type { Preview } from '#lib/contract/trigger.ts'
import { PlannedRuns, Warnings } from '../planned.tsx'
import { DAYS, type Days, daysAndTimeOf, PRESETS, patternIn, patternOf, zoneIn } from './presets.ts'
import { ZonePicker } from './zone-picker.tsx'

const REST_MS = 150

interface Props {
  pattern: string
  zone: string
  viewerZone: string
  onPattern(pattern: string): void
  onZone(zone: string): void
  errors: Record<string, string>
}

export function CronFields({ pattern, zone, viewerZone, onPattern, onZone, errors }: Props) {
  const asked = useResting(pattern.trim(), REST_MS)
  const preview = useCronPreview(asked, zone)
  const [last, setLast] = useState<Preview>()
  if (preview.data && preview.data !== last) setLast(preview.data)

  const settled = asked === pattern.trim()
  const refused = settled ? fieldErrors(preview.error) : {}
  const patternError =
    pattern.trim() === ''
      ? 'Write a pattern, or choose one above.'
      : (refused.cronExpression ?? errors.cronExpression)
  const zoneError = refused.timezone ?? errors.timezone
  const remedy = patternError ? patternIn(patternError) : null
  const city = zoneError ? zoneIn(zoneError) : null
  const other =
    settled && preview.error && !refused.cronExpression && !refused.timezone ? preview.error : null
  return (
    <>
      <Presets pattern={pattern} onPattern={onPattern} />
      <EveryAt pattern={pattern} onPattern={onPattern} />
      <div className="grid gap-4 sm:grid-cols-2">
        <div className="flex min-w-0 flex-col items-start gap-2">
          <Field
            className="w-full"
            label="Cron pattern"
            error={patternError}
            hint={patternError ? undefined : 'Minute, hour, day of month, month, day of week.'}
          >
            <Input
              value={pattern}
              onValueChange={onPattern}
              className="font-mono"
              autoComplete="off"
              autoCapitalize="off"
              autoCorrect="off"
              spellCheck={false}
            />
          </Field>
          {remedy && (
            <Button size="sm" onClick={() => onPattern(remedy)}>
              Use <code className="font-mono">{remedy}</code>
            </Button>
          )}
        </div>
        <div className="flex min-w-0 flex-col items-start gap-2 [&>:first-child]:w-full">
          <ZonePicker value={zone} onChange={onZone} error={zoneError} />
          {city && (
            <Button size="sm" onClick={() => onZone(city)}>
              Use {city.replaceAll('_', ' ')}
            </Button>
          )}
        </div>
      </div>
      <section
        aria-label="What this means"
        className="flex flex-col gap-3 rounded-lg bg-ground p-4 dark:bg-sunken/40"
      >
        <p role="status" className="font-medium">
          {patternError || zoneError ? (
            <span className="font-normal text-faint">Nothing is planned with this yet.</span>
          ) : settled && preview.data ? (
            preview.data.description
          ) : (
            (last?.description ?? '…')
          )}
        </p>
        {other ? (
          <ProblemNote error={other} />
        ) : (
          <Means
            preview={patternError || zoneError ? undefined : (preview.data ?? last)}
            stale={!settled || preview.isPending}
            zone={zone}
            viewerZone={viewerZone}
            waiting={!patternError && !zoneError}
          />
        )}
      </section>
    </>
  )
}

function Means({
  preview,
  stale,
  waiting,
  zone,
  viewerZone,
}: {
  preview: Preview | undefined
  stale: boolean
  waiting: boolean
  zone: string
  viewerZone: string
}) {
  if (!preview)
    return (
      waiting && (
        <Waiting className="flex flex-col gap-2.5">
          {[1, 2, 3, 4, 5].map((it) => (
            <Skeleton key={it} />
          ))}
        </Waiting>
      )
    )
  return (
    <div className={cn('flex flex-col gap-3 transition-opacity', stale && 'opacity-50')}>
      <Warnings warnings={preview.warnings} />
      <PlannedRuns instants={preview.instants} zone={zone} viewerZone={viewerZone} />
    </div>
  )
}

function Presets({ pattern, onPattern }: { pattern: string; onPattern(pattern: string): void }) {
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">Common patterns</legend>
      {PRESETS.map((it) => {
        const on = pattern.trim() === it.pattern
        return (
          <button
            key={it.pattern}
            type="button"
            aria-pressed={on}
            onClick={() => onPattern(it.pattern)}
            className={cn(
              'min-h-8 rounded-full border px-3 text-sm transition-colors pointer-coarse:min-h-10',
              on
                ? 'border-accent bg-accent-soft font-medium text-accent-text'
                : 'border-edge/60 bg-surface text-soft hover:bg-hover',
            )}
          >
            {it.label}
          </button>
        )
      })}
    </fieldset>
  )
}

/** Follows the pattern where that is days and a time; otherwise it waits to be used, and writes nothing by itself. */
function EveryAt({ pattern, onPattern }: { pattern: string; onPattern(pattern: string): void }) {
  const read = daysAndTimeOf(pattern)
  const [kept, setKept] = useState({ days: '1-5' as Days, time: '09:00' })
  const shown = read ?? kept
  function write(next: typeof shown) {
    setKept(next)
    const written = patternOf(next)
    if (written) onPattern(written)
  }
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-2 text-sm">
      <span>Every</span>
      <Select<Days>
        aria-label="Days"
        className="w-34"
        value={shown.days}
        options={DAYS}
        onValueChange={(days) => write({ ...shown, days })}
      />
      <span>at</span>
      <Input
        type="time"
        aria-label="Time of day"
        className="w-34"
        value={shown.time}
        onValueChange={(time) => write({ ...shown, time })}
      />
      {!read && (
        <Button size="sm" onClick={() => write(shown)}>
          Use
        </Button>
      )}
    </div>
  )
}
