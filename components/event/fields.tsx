'use client'
/** What a schedule waits for: events of some types, of some schedules, as a filter wants them. */
import { X } from 'lucide-react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Select } from '#components/ui/select.tsx'
import { useSchedules } from '#lib/client/schedules.ts'
import { type EventDraft, isOfSchedules, readEvent } from './draft.ts'
import { examplesOf } from './examples.ts'
import { FilterBuilder } from './filter-builder.tsx'
import { TryIt } from './try-it.tsx'
import { TypePicker } from './type-picker.tsx'
import type { EventFact } from './words.ts'

interface Props {
  slug: string
  draft: EventDraft
  facts: readonly EventFact[]
  errors: Readonly<Record<string, string>>
  /** The one that is edited: it does not wait for itself. */
  self: number | undefined
  onChange(draft: EventDraft): void
}

export function EventFields({ slug, draft, facts, errors, self, onChange }: Props) {
  const change = (part: Partial<EventDraft>) => onChange({ ...draft, ...part })
  const inTypes = Object.entries(errors).find(([path]) => path.startsWith('event.types'))?.[1]
  return (
    <div className="flex flex-col gap-6">
      <TypePicker
        label="It waits for"
        types={draft.types}
        facts={facts}
        error={inTypes}
        onChange={(types) => change({ types })}
      />
      {isOfSchedules(draft.types) && (
        <OfSchedules
          slug={slug}
          ids={draft.triggerIds}
          self={self}
          error={Object.entries(errors).find(([path]) => path.startsWith('event.triggerIds'))?.[1]}
          onChange={(triggerIds) => change({ triggerIds })}
        />
      )}
      {draft.types.length > 0 && (
        <FilterBuilder
          legend="Only if"
          draft={draft.filter}
          examples={examplesOf(draft.types, facts)}
          at="event.filter"
          errors={errors}
          onChange={(filter) => change({ filter })}
        />
      )}
      <TryIt
        slug={slug}
        event={tryable(draft, facts)}
        words={Object.fromEntries(facts.map((it) => [it.type, it.words]))}
      />
    </div>
  )
}

/** Null while something about it cannot be read. */
function tryable(draft: EventDraft, facts: readonly EventFact[]) {
  const errors: Record<string, string> = {}
  const event = readEvent(draft, facts, errors)
  return Object.keys(errors).length === 0 ? event : null
}

function OfSchedules({
  slug,
  ids,
  self,
  error,
  onChange,
}: {
  slug: string
  ids: readonly number[]
  self: number | undefined
  error: string | undefined
  onChange(ids: number[]): void
}) {
  const schedules = useSchedules(slug).data ?? []
  const nameOf = (id: number) => schedules.find((it) => it.id === id)?.name ?? `Schedule #${id}`
  return (
    <div className="flex flex-col gap-3">
      {ids.length > 0 && (
        <ul aria-label="Of these schedules" className="flex flex-wrap gap-2">
          {ids.map((id) => (
            <li
              key={id}
              className="inline-flex min-h-8 max-w-full items-center gap-1 rounded-full bg-sunken pl-3 text-sm"
            >
              <span className="min-w-0 wrap-anywhere">{nameOf(id)}</span>
              <Button
                variant="ghost"
                size="sm"
                aria-label={`Remove ${nameOf(id)}`}
                onClick={() => onChange(ids.filter((it) => it !== id))}
              >
                <X aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Field
        label="Of which schedules"
        optional
        error={error}
        hint={ids.length === 0 ? 'Of every other one, if none is chosen.' : undefined}
      >
        <Select
          value={null}
          placeholder={ids.length === 0 ? 'Every other one' : 'Add another one'}
          options={schedules
            .filter((it) => it.id !== self && !ids.includes(it.id))
            .map((it) => ({ value: String(it.id), label: it.name, hint: it.humanReadable }))}
          onValueChange={(id) => onChange([...ids, Number(id)])}
        />
      </Field>
    </div>
  )
}
