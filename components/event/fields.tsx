'use client'
/** What a schedule waits for: events of some types, of some schedules, as a filter wants them. */
import { X } from 'lucide-react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Select } from '#components/ui/select.tsx'
import { useSchedules } from '#lib/client/schedules.ts'
import { useSources } from '#lib/client/sources.ts'
import { isOfSchedules, isOfSources } from './bounds.ts'
import type { EventDraft } from './draft.ts'
import { readEvent } from './reading.ts'
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
  return (
    <div className="flex flex-col gap-6">
      <TypePicker
        label="It waits for"
        types={draft.types}
        facts={facts}
        error={errorBelow('event.types', errors)}
        onChange={(types) => change({ types })}
      />
      {isOfSchedules(draft.types) && (
        <OfSchedules
          slug={slug}
          self={self}
          chosen={draft.triggerIds}
          error={errorBelow('event.triggerIds', errors)}
          onChange={(triggerIds) => change({ triggerIds })}
        />
      )}
      {isOfSources(draft.types) && (
        <OfSources
          slug={slug}
          chosen={draft.sourceIds}
          error={errorBelow('event.sourceIds', errors)}
          onChange={(sourceIds) => change({ sourceIds })}
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

const errorBelow = (at: string, errors: Props['errors']) =>
  Object.entries(errors).find(([path]) => path === at || path.startsWith(`${at}.`))?.[1]

type PartProps = Pick<AmongProps, 'chosen' | 'error' | 'onChange'> & { slug: string }

function OfSchedules({ slug, self, ...part }: PartProps & { self: number | undefined }) {
  const schedules = useSchedules(slug).data ?? []
  return (
    <Among
      label="Of which schedules"
      none="Of every other one"
      of={schedules
        .filter((it) => it.id !== self)
        .map(({ id, name, humanReadable }) => ({ id, name, hint: humanReadable }))}
      {...part}
    />
  )
}

function OfSources({ slug, ...part }: PartProps) {
  const sources = useSources(slug).data ?? []
  return (
    <Among
      label="Of which sources"
      none="Of every one"
      of={sources.map(({ id, name, about }) => ({ id, name, hint: about }))}
      {...part}
    />
  )
}

interface AmongProps {
  label: string
  /** What it means to choose none. */
  none: string
  of: readonly { id: number; name: string; hint: string }[]
  chosen: readonly number[]
  error: string | undefined
  onChange(chosen: number[]): void
}

/** Some of the things there are; none of them is all of them. */
function Among({ label, none, of, chosen, error, onChange }: AmongProps) {
  const nameOf = (id: number) => of.find((it) => it.id === id)?.name ?? `#${id}`
  return (
    <div className="flex flex-col gap-3">
      {chosen.length > 0 && (
        <ul aria-label={label} className="flex flex-wrap gap-2">
          {chosen.map((id) => (
            <li
              key={id}
              className="inline-flex min-h-8 max-w-full items-center gap-1 rounded-full bg-sunken pl-3 text-sm"
            >
              <span className="min-w-0 wrap-anywhere">{nameOf(id)}</span>
              <Button
                variant="ghost"
                size="sm"
                aria-label={`Remove ${nameOf(id)}`}
                onClick={() => onChange(chosen.filter((it) => it !== id))}
              >
                <X aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Field label={label} optional error={error}>
        <Select
          value={null}
          placeholder={chosen.length === 0 ? none : 'Add another one'}
          options={of
            .filter((it) => !chosen.includes(it.id))
            .map(({ id, name, hint }) => ({ value: String(id), label: name, hint }))}
          onValueChange={(id) => onChange([...chosen, Number(id)])}
        />
      </Field>
    </div>
  )
}
