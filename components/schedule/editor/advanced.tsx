'use client'
/** The policies: each with a line that says what it does. */
import { formatNumber } from '#components/ui/number.ts'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import { Approvals } from './approvals.tsx'
import type { ApprovalDraft } from './draft.ts'
import { CHOICES } from './choices.ts'
import {
  POLICIES,
  type Policy,
  type PolicyFact,
  type PolicyFacts,
  type PolicyName,
  type PolicyTexts,
} from './policies.ts'

interface Props {
  policies: PolicyTexts
  facts: PolicyFacts
  zone: string
  onChange(policies: PolicyTexts): void
  errors: Record<string, string>
  approvals: ApprovalDraft
  onApprovals(approvals: ApprovalDraft): void
}

export function Advanced({ policies, facts, zone, onChange, errors, approvals, onApprovals }: Props) {
  const asked = POLICIES.filter(
    ({ name, onlyWith }) => !onlyWith || policies[onlyWith[0]] === onlyWith[1] || errors[name],
  )
  return (
    <>
      <div className="grid gap-x-6 gap-y-5 pt-4 sm:grid-cols-2">
        {asked.map((policy) => (
          <PolicyField
            key={policy.name}
            policy={policy}
            fact={facts[policy.name]}
            text={policies[policy.name]}
            zone={zone}
            error={errors[policy.name]}
            onChange={(text) => onChange({ ...policies, [policy.name]: text })}
          />
        ))}
      </div>
      <Approvals draft={approvals} error={errors['approvals.expireAfterSeconds']} onChange={onApprovals} />
    </>
  )
}

interface PolicyFieldProps {
  policy: Policy
  fact: PolicyFact
  text: string
  zone: string
  error: string | undefined
  onChange(text: string): void
}

function PolicyField({
  policy: { name, label, kind, unit },
  fact,
  text,
  zone,
  error,
  onChange,
}: PolicyFieldProps) {
  const about = { label, error, optional: fact.fallback === null }
  switch (kind) {
    case 'choice':
      return (
        <Field {...about} hint={chosenHint(name, text)}>
          <Select value={text} options={CHOICES[name as keyof typeof CHOICES]} onValueChange={onChange} />
        </Field>
      )
    case 'instant':
      return (
        <Field {...about} hint={`${fact.explanation} ${zone.replaceAll('_', ' ')} time.`}>
          <Input type="datetime-local" value={text} onValueChange={onChange} />
        </Field>
      )
    case 'hours':
      return (
        <Field {...about} hint={HOURS}>
          <Measured value={text} unit={unit} placeholder={limits(fact, '')} onChange={onChange} />
        </Field>
      )
    case 'number':
      return (
        <Field {...about} hint={fact.explanation}>
          <Measured
            value={text}
            unit={unit}
            placeholder={limits(fact, `${fact.least} to ${formatNumber(fact.most ?? 0)}`)}
            onChange={onChange}
          />
        </Field>
      )
  }
}

const limits = ({ fallback }: PolicyFact, range: string) => (fallback === null ? 'no limit' : range)

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
