'use client'
/** The fields of an agent's context, drawn from its own schema. */
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import { Switch } from '#components/ui/switch.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { chosen, type ContextDraft, keyOf, typed, valueAt } from './draft.ts'
import { type ContextField, fitting, textOf } from './schema.ts'

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

/** A list of choices needs a value for "nothing said". */
const UNSAID = '(not said)'

function One({
  field,
  draft,
  onChange,
  errors,
}: Omit<ContextFieldsProps, 'fields'> & { field: ContextField }) {
  const { path, label, hint, required, fallback } = field
  const value = valueAt(draft.value, path)
  const control = fitting(field.control, value)
  if (control.kind === 'group') {
    return (
      <fieldset className="flex min-w-0 flex-col gap-4 border-l-2 border-line pl-4">
        <legend className="float-left mb-3 text-sm font-medium">{label}</legend>
        {hint && <p className="clear-left -mt-3 text-sm text-faint">{hint}</p>}
        <div className="clear-left flex flex-col gap-4">
          <ContextFields fields={control.fields} draft={draft} onChange={onChange} errors={errors} />
        </div>
      </fieldset>
    )
  }

  const said = draft.texts[keyOf(path)]
  const text = said?.text ?? textOf(control, value)
  const write = (next: string) => onChange(typed(draft, path, control, next))
  const choose = (next: unknown) => onChange(chosen(draft, path, next))
  const usual =
    fallback === undefined
      ? undefined
      : typeof fallback === 'object'
        ? JSON.stringify(fallback)
        : String(fallback)
  const shape =
    control.kind === 'list'
      ? 'One on each line.'
      : control.kind === 'json'
        ? 'As JSON.'
        : control.kind === 'mixed' && control.long
          ? 'A text, or JSON.'
          : undefined
  const about = {
    label,
    optional: !required,
    hint: [hint, shape].filter(Boolean).join(' ') || undefined,
    error: said?.problem ?? errorAt(errors, path),
  }

  switch (control.kind) {
    case 'line':
      return (
        <Field {...about}>
          <Input value={text} onValueChange={write} placeholder={usual} autoComplete="off" />
        </Field>
      )
    case 'number':
      return (
        <Field {...about}>
          <Input
            inputMode="decimal"
            value={text}
            onValueChange={write}
            placeholder={usual}
            autoComplete="off"
            className="sm:max-w-48"
          />
        </Field>
      )
    case 'mixed':
      return (
        <Field {...about}>
          {control.long ? (
            <Textarea
              value={text}
              onChange={(event) => write(event.currentTarget.value)}
              placeholder={usual}
              spellCheck={false}
              className="min-h-16 font-mono"
            />
          ) : (
            <Input value={text} onValueChange={write} placeholder={usual} autoComplete="off" />
          )}
        </Field>
      )
    case 'prose':
    case 'list':
      return (
        <Field {...about}>
          <Textarea
            value={text}
            onChange={(event) => write(event.currentTarget.value)}
            placeholder={usual === '[]' ? undefined : usual}
          />
        </Field>
      )
    case 'json':
      return (
        <Field {...about}>
          <Textarea
            value={text}
            onChange={(event) => write(event.currentTarget.value)}
            placeholder={usual}
            spellCheck={false}
            className="min-h-16 font-mono"
          />
        </Field>
      )
    case 'flag':
      return (
        <Field {...about} optional={false} inline>
          <Switch checked={(value ?? fallback) === true} onCheckedChange={choose} />
        </Field>
      )
    case 'choice':
      return (
        <Field {...about}>
          <Select
            className="sm:max-w-64"
            value={typeof value === 'string' ? value : UNSAID}
            options={[
              ...(required && typeof value === 'string'
                ? []
                : [{ value: UNSAID, label: usual ? `${usual} (usual)` : 'Not said' }]),
              ...control.choices.map((it) => ({ value: it, label: it })),
            ]}
            onValueChange={(next) => choose(next === UNSAID ? undefined : next)}
          />
        </Field>
      )
    case 'choices':
      return (
        <Choices
          field={field}
          choices={control.choices}
          value={value}
          fallback={fallback}
          error={about.error}
          onChange={choose}
        />
      )
  }
}

/** What is added stands last: where the order matters, it is that in which they were chosen. */
function Choices({
  field: { label, hint, path },
  choices,
  value,
  fallback,
  error,
  onChange,
}: {
  field: ContextField
  choices: readonly string[]
  value: unknown
  fallback: unknown
  error: string | undefined
  onChange(value: unknown): void
}) {
  const on = (Array.isArray(value) ? value : Array.isArray(fallback) ? fallback : []) as string[]
  const errorId = `${keyOf(path)}-error`
  return (
    <fieldset className="min-w-0" aria-describedby={error ? errorId : undefined}>
      <legend className="text-sm font-medium">{label}</legend>
      {hint && <p className="text-sm text-faint">{hint}</p>}
      <div className="mt-2 grid gap-2 sm:grid-cols-2">
        {choices.map((it) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is one
          <label key={it} className="flex min-h-6 items-center gap-2.5 text-sm">
            <Checkbox
              checked={on.includes(it)}
              onCheckedChange={(checked) =>
                onChange(checked ? [...on, it] : on.filter((other) => other !== it))
              }
            />
            {it}
          </label>
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
