'use client'
/** A pattern: chosen, put together or written. What it means stands beside the form as it is typed. */
import { Button } from '#components/ui/button.tsx'
import { Chip } from '#components/ui/chip.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ZonePicker } from '../zone-picker.tsx'
import { Builder } from './builder.tsx'
import { labelOf, PRESETS, patternIn, zoneIn } from './presets.ts'

interface Props {
  pattern: string
  zone: string
  onPattern(pattern: string): void
  onZone(zone: string): void
  errors: Record<string, string>
}

export function CronFields({ pattern, zone, onPattern, onZone, errors }: Props) {
  const patternError = pattern.trim() === '' ? 'Write a pattern, or choose one above.' : errors.cronExpression
  const remedy = patternError ? patternIn(patternError) : null
  const city = errors.timezone ? zoneIn(errors.timezone) : null
  return (
    <>
      <Presets pattern={pattern} onPattern={onPattern} />
      <Builder pattern={pattern} onPattern={onPattern} />
      <div className="grid gap-4 sm:grid-cols-2">
        <div className="flex min-w-0 flex-col items-start gap-2">
          <Pattern pattern={pattern} onPattern={onPattern} error={patternError} />
          {remedy && (
            <Button size="sm" onClick={() => onPattern(remedy)}>
              Use <code className="font-mono">{remedy}</code>
            </Button>
          )}
        </div>
        <div className="flex min-w-0 flex-col items-start gap-2 [&>:first-child]:w-full">
          <ZonePicker value={zone} onChange={onZone} error={errors.timezone} />
          {city && (
            <Button size="sm" onClick={() => onZone(city)}>
              Use {city.replaceAll('_', ' ')}
            </Button>
          )}
        </div>
      </div>
    </>
  )
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

function Presets({ pattern, onPattern }: { pattern: string; onPattern(pattern: string): void }) {
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">Common patterns</legend>
      {PRESETS.map((it) => (
        <Chip key={it.pattern} on={pattern.trim() === it.pattern} onPress={() => onPattern(it.pattern)}>
          {labelOf(it)}
        </Chip>
      ))}
    </fieldset>
  )
}
