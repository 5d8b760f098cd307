'use client'
/** The fields of a condition: what is read, where the line is, and how patient it is. */
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import { type ConditionOp, isTurn } from '#lib/contract/condition-ops.ts'
import type { ConditionDraft } from './draft.ts'
import { takesLine } from './line.ts'
import { OPS, opsFor } from './ops.ts'
import { SourceFields } from './source-fields.tsx'
import { TryIt } from './try-it.tsx'

export interface ConditionFieldsProps {
  slug: string
  /** Whose headers are meant where one is masked. */
  triggerId?: number | undefined
  draft: ConditionDraft
  /** By where a field stands in the condition: `source.url`, `when.value`, `forSeconds`. */
  errors: Record<string, string>
  change(part: Partial<ConditionDraft>): void
}

export function ConditionFields({ slug, triggerId, draft, errors, change }: ConditionFieldsProps) {
  const ops = opsFor(draft)
  /** A source that cannot be asked what was asked is asked what it can be. */
  function changeSource(part: Partial<ConditionDraft>) {
    const able = opsFor({ ...draft, ...part })
    change({ ...part, ...(!able.includes(draft.op) && able[0] && { op: able[0] }) })
  }
  const isLevel = draft.op === 'above' || draft.op === 'below'
  return (
    <div className="flex flex-col gap-5">
      <SourceFields slug={slug} draft={draft} errors={errors} change={changeSource} />
      <div className="flex flex-wrap items-start gap-3">
        <Field label="Fires when it" error={errors['when.op']} className="w-60 max-w-full">
          <Select<ConditionOp>
            value={draft.op}
            options={ops.map((value) => ({ value, label: OPS[value] }))}
            onValueChange={(op) => change({ op })}
          />
        </Field>
        {takesLine(draft.op) && (
          <Field label="Value" error={errors['when.value']} className="w-44 max-w-full">
            <Input value={draft.line} onValueChange={(line) => change({ line })} />
          </Field>
        )}
        {isLevel && (
          <Field label="Armed again at" error={errors['when.clear']} optional className="w-44 max-w-full">
            <Input inputMode="decimal" value={draft.clear} onValueChange={(clear) => change({ clear })} />
          </Field>
        )}
      </div>
      <TryIt slug={slug} triggerId={triggerId} draft={draft} />
      <Patience draft={draft} errors={errors} change={change} />
    </div>
  )
}

const FIRST = [
  { value: 'arm', label: 'Wait until it has been false' },
  { value: 'fire', label: 'Fire at once' },
] as const

function Patience({ draft, errors, change }: Pick<ConditionFieldsProps, 'draft' | 'errors' | 'change'>) {
  const spans = [
    { label: 'Check every (minutes)', name: 'every', at: 'everySeconds' },
    { label: 'It must hold for (minutes)', name: 'lasting', at: 'forSeconds' },
    { label: 'Rest after firing (minutes)', name: 'cooldown', at: 'cooldownSeconds' },
  ] as const
  return (
    <Disclosure title="How patient it is">
      <div className="grid gap-4 sm:grid-cols-2">
        {spans.map(({ label, name, at }) =>
          name === 'lasting' && isTurn(draft.op) ? null : (
            <Field key={name} label={label} error={errors[at]}>
              <Input
                inputMode="decimal"
                value={draft[name]}
                onValueChange={(text) => change({ [name]: text })}
              />
            </Field>
          ),
        )}
        {!isTurn(draft.op) && (
          <Field label="If it holds at the first check" error={errors.onFirst}>
            <Select value={draft.onFirst} options={FIRST} onValueChange={(onFirst) => change({ onFirst })} />
          </Field>
        )}
      </div>
    </Disclosure>
  )
}
