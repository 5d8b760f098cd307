'use client'
/** How a schedule deals with events that come thick and fast, and what calls its runs off. */
import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import type { CallOffDraft, FactsDraft } from './draft.ts'
import { examplesOf } from './examples.ts'
import { FilterBuilder } from './filter-builder.tsx'
import { NO_FILTER } from './filter-draft.ts'
import { TypePicker } from './type-picker.tsx'
import type { EventFact } from './words.ts'

interface Props {
  draft: FactsDraft
  /** Whether the kind gathers facts: only then there is something to collect. */
  gathers: boolean
  maxDepth: { value: string; onChange(value: string): void } | null
  facts: readonly EventFact[]
  errors: Readonly<Record<string, string>>
  onChange(draft: FactsDraft): void
}

const KEEPS = [
  { value: 'all', label: 'All of them', hint: 'The run gets the list.' },
  { value: 'last', label: 'The last one', hint: 'The one that occurred last.' },
] as const
const EXCESS = [
  { value: 'defer', label: 'Wait for their turn' },
  { value: 'skip', label: 'Are skipped' },
] as const

export function Behaving({ draft, gathers, maxDepth, facts, errors, onChange }: Props) {
  const change = (part: Partial<FactsDraft>) => onChange({ ...draft, ...part })
  return (
    <div className="flex flex-col gap-6 pt-4">
      {gathers && (
        <Collecting draft={draft.collect} errors={errors} onChange={(collect) => change({ collect })} />
      )}
      <Throttling draft={draft.throttle} errors={errors} onChange={(throttle) => change({ throttle })} />
      {gathers && (
        <Field
          label="Overlap is judged by itself for each"
          optional
          error={errors.overlapKey}
          hint="Where a value stands in the event, such as data.documentId."
        >
          <Input
            value={draft.overlapKey}
            placeholder="data.documentId"
            autoComplete="off"
            spellCheck={false}
            onValueChange={(overlapKey) => change({ overlapKey })}
          />
        </Field>
      )}
      {maxDepth && (
        <Counted
          label="Longest chain of runs that cause runs"
          unit="runs"
          value={maxDepth.value}
          error={errors['event.maxDepth']}
          onChange={maxDepth.onChange}
        />
      )}
      <CallingOff
        drafts={draft.cancelOn}
        facts={facts}
        errors={errors}
        onChange={(cancelOn) => change({ cancelOn })}
      />
    </div>
  )
}

interface PartProps<Part> {
  draft: Part
  errors: Readonly<Record<string, string>>
  onChange(draft: Part): void
}

function Collecting({ draft, errors, onChange }: PartProps<FactsDraft['collect']>) {
  const change = (part: Partial<typeof draft>) => onChange({ ...draft, ...part })
  return (
    <Optional title="Events that come close together are one run" on={draft.on} turn={(on) => change({ on })}>
      <Counted
        label="It runs when nothing came for"
        unit="seconds"
        optional
        value={draft.quiet}
        error={errors['collect.quietSeconds']}
        onChange={(quiet) => change({ quiet })}
      />
      <Counted
        label="At the latest after"
        unit="seconds"
        value={draft.max}
        error={errors['collect.maxSeconds']}
        onChange={(max) => change({ max })}
      />
      <Counted
        label="Or after so many"
        unit="events"
        value={draft.most}
        error={errors['collect.maxEvents']}
        onChange={(most) => change({ most })}
      />
      <Field label="The run gets" hint={KEEPS.find((it) => it.value === draft.keep)?.hint}>
        <Select value={draft.keep} options={KEEPS} onValueChange={(keep) => change({ keep })} />
      </Field>
      <Field
        label="By itself for each"
        optional
        error={errors['collect.key']}
        hint="Where a value stands in the event."
      >
        <Input
          value={draft.key}
          placeholder="data.documentId"
          autoComplete="off"
          spellCheck={false}
          onValueChange={(key) => change({ key })}
        />
      </Field>
    </Optional>
  )
}

function Throttling({ draft, errors, onChange }: PartProps<FactsDraft['throttle']>) {
  const change = (part: Partial<typeof draft>) => onChange({ ...draft, ...part })
  return (
    <Optional title="At most so many starts in so long" on={draft.on} turn={(on) => change({ on })}>
      <Counted
        label="At most"
        unit="starts"
        value={draft.count}
        error={errors['throttle.count']}
        onChange={(count) => change({ count })}
      />
      <Counted
        label="Within"
        unit="seconds"
        value={draft.per}
        error={errors['throttle.perSeconds']}
        onChange={(per) => change({ per })}
      />
      <Field label="More than that">
        <Select value={draft.excess} options={EXCESS} onValueChange={(excess) => change({ excess })} />
      </Field>
    </Optional>
  )
}

function CallingOff({
  drafts,
  facts,
  errors,
  onChange,
}: {
  drafts: readonly CallOffDraft[]
  facts: readonly EventFact[]
  errors: Readonly<Record<string, string>>
  onChange(drafts: readonly CallOffDraft[]): void
}) {
  return (
    <section aria-label="What calls a run off" className="flex flex-col gap-4">
      {drafts.map((it, n) => {
        const put = (part: Partial<CallOffDraft>) => onChange(drafts.with(n, { ...it, ...part }))
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no name but their place
          <div key={n} className="flex flex-col gap-4 rounded-lg border border-line p-4">
            <TypePicker
              label="A run is called off when"
              types={it.types}
              facts={facts}
              error={errors[`cancelOn.${n}.types`]}
              onChange={(types) => put({ types })}
            />
            {it.types.length > 0 && (
              <FilterBuilder
                legend="Called off only if"
                draft={it.filter}
                examples={examplesOf(it.types, facts)}
                at={`cancelOn.${n}.filter`}
                errors={errors}
                onChange={(filter) => put({ filter })}
              />
            )}
            <Button size="sm" className="self-start" onClick={() => onChange(drafts.toSpliced(n, 1))}>
              Remove this
            </Button>
          </div>
        )
      })}
      <Button
        size="sm"
        className="self-start"
        onClick={() => onChange([...drafts, { types: [], filter: NO_FILTER }])}
      >
        <Plus aria-hidden />
        Call runs off when something happens
      </Button>
    </section>
  )
}

function Optional({
  title,
  on,
  turn,
  children,
}: {
  title: string
  on: boolean
  turn(on: boolean): void
  children: ReactNode
}) {
  return (
    <div className="flex flex-col gap-4">
      <Choice checked={on} onChange={turn}>
        <span className="text-sm">{title}</span>
      </Choice>
      {on && <div className="grid gap-x-6 gap-y-5 sm:grid-cols-2">{children}</div>}
    </div>
  )
}

function Counted({
  label,
  unit,
  value,
  error,
  optional,
  onChange,
}: {
  label: string
  unit: string
  value: string
  error: string | undefined
  optional?: boolean
  onChange(value: string): void
}) {
  return (
    <Field label={label} error={error} optional={optional}>
      <span className="flex items-center gap-2">
        <Input
          inputMode="numeric"
          className="w-28"
          value={value}
          autoComplete="off"
          onValueChange={onChange}
        />
        <span className="text-sm text-soft">{unit}</span>
      </span>
    </Field>
  )
}
