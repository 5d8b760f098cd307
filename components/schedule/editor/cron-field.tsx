'use client'
/**
 * A pattern: chosen, put together or written; what it means
 * and when it runs next stands below as it is typed.
 */
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Chip } from '#components/ui/chip.tsx'
import { cn } from '#components/ui/cn.ts'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useResting } from '#components/ui/resting.ts'
import { Select } from '#components/ui/select.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useCronPreview } from '#lib/client/schedules.ts'
import type { Preview } from '#lib/contract/trigger.ts'
import { PlannedRuns, type Skipping, Warnings } from '../planned.tsx'
import { DAYS, type Days, daysAndTimeOf, PRESETS, patternIn, patternOf, zoneIn } from './presets.ts'
import { ZonePicker } from '../zone-picker.tsx'

const REST_MS = 150

interface Props extends Skipping {
  pattern: string
  zone: string
  viewerZone: string
  onPattern(pattern: string): void
  onZone(zone: string): void
  errors: Record<string, string>
}

export function CronFields({ pattern, zone, viewerZone, skips, onPattern, onZone, errors }: Props) {
  const reading = useReading(pattern.trim(), zone, errors)
  const remedy = reading.patternError ? patternIn(reading.patternError) : null
  const city = reading.zoneError ? zoneIn(reading.zoneError) : null
  return (
    <>
      <Presets pattern={pattern} onPattern={onPattern} />
      <EveryAt pattern={pattern} onPattern={onPattern} />
      <div className="grid gap-4 sm:grid-cols-2">
        <div className="flex min-w-0 flex-col items-start gap-2">
          <Pattern pattern={pattern} onPattern={onPattern} error={reading.patternError} />
          {remedy && (
            <Button size="sm" onClick={() => onPattern(remedy)}>
              Use <code className="font-mono">{remedy}</code>
            </Button>
          )}
        </div>
        <div className="flex min-w-0 flex-col items-start gap-2 [&>:first-child]:w-full">
          <ZonePicker value={zone} onChange={onZone} error={reading.zoneError} />
          {city && (
            <Button size="sm" onClick={() => onZone(city)}>
              Use {city.replaceAll('_', ' ')}
            </Button>
          )}
        </div>
      </div>
      <Meaning reading={reading} zone={zone} viewerZone={viewerZone} skips={skips} />
    </>
  )
}

interface Reading {
  patternError: string | undefined
  zoneError: string | undefined
  /** What is wrong that no field can be blamed for. */
  problem: Error | null
  /** What it means; while that is asked for, what the last one meant. */
  preview: Preview | undefined
  /** The preview is still that of another pattern. */
  asking: boolean
}

/**
 * What the server says of a pattern, once it is no longer
 * being typed; `errors` is what was said when it was sent.
 */
function useReading(pattern: string, zone: string, errors: Record<string, string>): Reading {
  const asked = useResting(pattern, REST_MS)
  const preview = useCronPreview(asked, zone)
  const [last, setLast] = useState<Preview>()
  if (preview.data && preview.data !== last) setLast(preview.data)

  const settled = asked === pattern
  const refused = settled ? fieldErrors(preview.error) : {}
  return {
    patternError:
      pattern === ''
        ? 'Write a pattern, or choose one above.'
        : (refused.cronExpression ?? errors.cronExpression),
    zoneError: refused.timezone ?? errors.timezone,
    problem: settled && !refused.cronExpression && !refused.timezone ? preview.error : null,
    preview: preview.data ?? last,
    asking: !settled || preview.isPending,
  }
}

interface PatternProps {
  pattern: string
  onPattern(pattern: string): void
  error: string | undefined
}

function Pattern({ pattern, onPattern, error }: PatternProps) {
  return (
    <Field
      className="w-full"
      label="Cron pattern"
      error={error}
      hint={error ? undefined : 'Minute, hour, day of month, month, day of week.'}
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
  )
}

function Meaning({ reading, ...where }: { reading: Reading } & Omit<InstantsProps, 'preview' | 'stale'>) {
  const { problem, preview, asking } = reading
  const refused = Boolean(reading.patternError || reading.zoneError)
  return (
    <section
      aria-label="What this means"
      className="flex flex-col gap-3 rounded-lg bg-ground p-4 dark:bg-sunken/40"
    >
      <p role="status" className="font-medium">
        {refused ? (
          <span className="font-normal text-faint">Nothing is planned with this yet.</span>
        ) : (
          (preview?.description ?? '…')
        )}
      </p>
      {problem && <ProblemNote error={problem} />}
      {!problem && !refused && <Instants preview={preview} stale={asking} {...where} />}
    </section>
  )
}

interface InstantsProps extends Skipping {
  preview: Preview | undefined
  stale: boolean
  zone: string
  viewerZone: string
}

function Instants({ preview, stale, ...where }: InstantsProps) {
  if (!preview) return <WaitingRows rows={5} className="flex flex-col gap-2.5" />
  return (
    <div className={cn('flex flex-col gap-3 transition-opacity', stale && 'opacity-50')}>
      <Warnings warnings={preview.warnings} />
      <PlannedRuns instants={preview.instants} {...where} />
    </div>
  )
}

function Presets({ pattern, onPattern }: { pattern: string; onPattern(pattern: string): void }) {
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">Common patterns</legend>
      {PRESETS.map((it) => (
        <Chip key={it.pattern} on={pattern.trim() === it.pattern} onPress={() => onPattern(it.pattern)}>
          {it.label}
        </Chip>
      ))}
    </fieldset>
  )
}

/**
 * Follows the pattern where that is days and a time; otherwise
 * it waits to be used, and writes nothing by itself.
 */
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
