'use client'
/** The policies: each with a line that says what it does. */
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import { CHOICES, POLICIES, type PolicyFacts, type PolicyName, type PolicyTexts } from './policies.ts'

interface Props {
  policies: PolicyTexts
  facts: PolicyFacts
  zone: string
  onChange(policies: PolicyTexts): void
  errors: Record<string, string>
}

export function Advanced({ policies, facts, zone, onChange, errors }: Props) {
  return (
    <div className="grid gap-x-6 gap-y-5 pt-4 sm:grid-cols-2">
      {POLICIES.filter(
        ({ name, onlyWith }) => !onlyWith || policies[onlyWith[0]] === onlyWith[1] || errors[name],
      ).map(({ name, label, kind, unit }) => {
        const { explanation, fallback, least, most } = facts[name]
        const set = (text: string) => onChange({ ...policies, [name]: text })
        const field = {
          label,
          hint:
            kind === 'instant'
              ? `${explanation} ${zone.replaceAll('_', ' ')} time.`
              : kind === 'hours'
                ? HOURS
                : explanation,
          error: errors[name],
          optional: fallback === null,
        }
        if (kind === 'choice') {
          return (
            <Field key={name} {...field} hint={chosenHint(name, policies[name])}>
              <Select
                value={policies[name]}
                options={CHOICES[name as keyof typeof CHOICES]}
                onValueChange={set}
              />
            </Field>
          )
        }
        return (
          <Field key={name} {...field}>
            {kind === 'instant' ? (
              <Input type="datetime-local" value={policies[name]} onValueChange={set} />
            ) : (
              <Measured
                value={policies[name]}
                unit={unit}
                placeholder={
                  fallback === null
                    ? 'no limit'
                    : `${kind === 'hours' ? '' : `${least} to ${most?.toLocaleString()}`}`
                }
                onChange={set}
              />
            )}
          </Field>
        )
      })}
    </div>
  )
}

/** The contract counts it in seconds, the form in hours. */
const HOURS = 'A run that was missed longer ago than this is no longer caught up.'

const chosenHint = (name: PolicyName, value: string) =>
  CHOICES[name as keyof typeof CHOICES].find((it) => it.value === value)?.hint

function Measured({
  value,
  unit,
  placeholder,
  onChange,
}: {
  value: string
  unit: string | undefined
  placeholder: string
  onChange(text: string): void
}) {
  return (
    <span className="flex items-center gap-2">
      <Input
        inputMode="decimal"
        value={value}
        placeholder={placeholder}
        onValueChange={onChange}
        autoComplete="off"
        className="w-28"
      />
      {unit && <span className="text-sm text-soft">{unit}</span>}
    </span>
  )
}
