'use client'
/** The fields of an agent's context, drawn from its own schema. */
import type { ChangeEvent, ReactNode } from 'react'
import { Choice } from '#components/ui/choice.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { chosen, type ContextDraft, keyOf, typed, valueAt } from './draft.ts'
import { ZonePicker } from '../zone-picker.tsx'
import { type ContextField, type Control, fitting, type Labels, textOf } from './schema.ts'

export interface ContextFieldsProps {
  fields: readonly ContextField[]
  draft: ContextDraft
  onChange(draft: ContextDraft): void
  /** By path, `context` in front, as the server says them. */
  errors: Record<string, string>
}

export function ContextFields({ fields, ...props }: ContextFieldsProps) {
  return fields.map((it) => <One key={keyOf(it.path)} field={it} {...props} />)
}

/** What is said about the field itself, or about something inside it. */
function errorAt(errors: Record<string, string>, path: readonly string[]): string | undefined {
  const key = `context.${keyOf(path)}`
  const inner = Object.keys(errors).find((it) => it.startsWith(`${key}.`))
  return errors[key] ?? (inner && `${inner.slice(key.length + 1)}: ${errors[inner]}`)
}

type OneProps = Omit<ContextFieldsProps, 'fields'> & { field: ContextField }

function One({ field, draft, onChange, errors }: OneProps) {
  const { path, label, hint, required, fallback } = field
  const value = valueAt(draft.value, path)
  const control = fitting(field.control, value)
  const said = draft.texts[keyOf(path)]
  const error = said?.problem ?? errorAt(errors, path)
  const choose = (next: unknown) => onChange(chosen(draft, path, next))

  if (control.kind === 'group')
    return (
      <Group label={label} hint={hint}>
        <ContextFields fields={control.fields} draft={draft} onChange={onChange} errors={errors} />
      </Group>
    )
  if (control.kind === 'choices')
    return <Choices field={field} {...control} value={value} error={error} onChange={choose} />
  if (control.kind === 'zone')
    return <ZonePicker value={typeof value === 'string' ? value : 'UTC'} onChange={choose} error={error} />
  const about = {
    label,
    // What holds when nothing is said is no gap to be filled.
    optional: !required && fallback === undefined,
    hint: [hint, shapeOf(control)].filter(Boolean).join(' ') || undefined,
    error,
  }
  if (control.kind === 'flag')
    return (
      <Field {...about} optional={false} inline>
        <Switch checked={(value ?? fallback) === true} onCheckedChange={choose} />
      </Field>
    )
  if (control.kind === 'choice')
    return (
      <Field {...about}>
        <OneOf field={field} {...control} value={value} onChange={choose} />
      </Field>
    )
  return (
    <Field {...about}>
      <Written
        control={control}
        text={said?.text ?? textOf(control, value)}
        usual={usualOf(fallback)}
        write={(next) => onChange(typed(draft, path, control, next))}
      />
    </Field>
  )
}

/** What holds when nothing is said, as one would write it. */
function usualOf(fallback: unknown): string | undefined {
  if (fallback === undefined) return undefined
  return typeof fallback === 'object' ? JSON.stringify(fallback) : String(fallback)
}

/** In which shape a text is understood, where the control does not show it. */
function shapeOf(control: Control): string | undefined {
  if (control.kind === 'list') return 'One on each line.'
  if (control.kind === 'json') return 'As JSON.'
  return control.kind === 'mixed' && control.long ? 'A text, or JSON.' : undefined
}

function Group({ label, hint, children }: { label: string; hint: string | undefined; children: ReactNode }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-4 border-l-2 border-line pl-4">
      <legend className="float-left text-sm font-medium">{label}</legend>
      {hint && <p className="clear-left -mt-3 text-sm text-faint">{hint}</p>}
      <div className="clear-left flex flex-col gap-4">{children}</div>
    </fieldset>
  )
}

interface WrittenProps {
  control: Exclude<Control, { kind: 'group' | 'choice' | 'choices' | 'flag' | 'zone' }>
  text: string
  usual: string | undefined
  write(text: string): void
}

/** What is said by typing it. */
function Written({ control, text, usual, write }: WrittenProps) {
  const line = { value: text, onValueChange: write, placeholder: usual, autoComplete: 'off' }
  const area = {
    value: text,
    onChange: (event: ChangeEvent<HTMLTextAreaElement>) => write(event.currentTarget.value),
  }
  switch (control.kind) {
    case 'line':
      return <Input {...line} />
    case 'secret':
      // What is kept comes as a mask, and stays when the mask is left.
      return <Input {...line} type="password" autoComplete="new-password" />
    case 'number':
      return <Input {...line} inputMode="decimal" className="sm:max-w-48" />
    case 'time':
      return <Input {...line} type="time" className="sm:max-w-48" />
    case 'prose':
    case 'list':
      return <Textarea {...area} placeholder={usual === '[]' ? undefined : usual} />
    case 'mixed':
    case 'json':
      if (control.kind === 'mixed' && !control.long) return <Input {...line} />
      return <Textarea {...area} placeholder={usual} spellCheck={false} className="min-h-16 font-mono" />
  }
}

/** A list of choices needs a value for "nothing said". */
const UNSAID = '(not said)'

interface ChoiceProps {
  field: ContextField
  choices: readonly string[]
  labels?: Labels | undefined
  value: unknown
  onChange(value: unknown): void
}

function OneOf({ field: { required, fallback }, choices, labels, value, onChange }: ChoiceProps) {
  const usual = usualOf(fallback)
  const said = typeof value === 'string'
  const unsaid = { value: UNSAID, label: usual ? `${usual} (usual)` : 'Not said' }
  return (
    <Select
      className="sm:max-w-64"
      value={said ? value : UNSAID}
      options={[
        ...(said && (required || labels) ? [] : [unsaid]),
        ...choices.map((it) => ({ value: it, label: labels?.[it] ?? it })),
      ]}
      onValueChange={(next) => onChange(next === UNSAID ? undefined : next)}
    />
  )
}

/** What is added stands last: where the order matters, it is that in which they were chosen. */
function Choices({
  field: { label, hint, path, fallback },
  choices,
  labels,
  value,
  error,
  onChange,
}: ChoiceProps & { error: string | undefined }) {
  const on = (Array.isArray(value) ? value : Array.isArray(fallback) ? fallback : []) as string[]
  const errorId = `${keyOf(path)}-error`
  return (
    <fieldset className="min-w-0" aria-describedby={error ? errorId : undefined}>
      <legend className="text-sm font-medium">{label}</legend>
      {hint && <p className="text-sm text-faint">{hint}</p>}
      <div className="mt-2 grid gap-2 sm:grid-cols-2">
        {choices.map((it) => (
          <Choice
            key={it}
            checked={on.includes(it)}
            onChange={(checked) => onChange(checked ? [...on, it] : on.filter((other) => other !== it))}
          >
            <span className="text-sm">{labels?.[it] ?? it}</span>
          </Choice>
        ))}
      </div>
      {error && (
        <p id={errorId} className="mt-1.5 text-sm text-bad">
          {error}
        </p>
      )}
    </fieldset>
  )
}
