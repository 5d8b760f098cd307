'use client'
/** What is asked before a run begins, and by when a result is there. Loaded when it is opened. */
import { Plus } from 'lucide-react'
import type { ConditionDraft } from '#components/condition/draft.ts'
import { OPS, opsFor } from '#components/condition/ops.ts'
import { SourceFields } from '#components/condition/source-fields.tsx'
import { TryIt } from '#components/condition/try-it.tsx'
import { Button } from '#components/ui/button.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import { GATES } from '#lib/contract/condition-ops.ts'
import type { OnlyIf } from '#lib/contract/condition-trigger.ts'
import type { DeadlineDraft, DemandsDraft } from './draft.ts'
import { deadlineDraftsOf, gateDraftOf, NEW_DEADLINE } from './opening.ts'

type Errors = Readonly<Record<string, string>>
interface Props {
  slug: string
  draft: DemandsDraft
  /** Whether it plans instants: only then there is a time of the day, and a planned one. */
  isTimed: boolean
  errors: Errors
  onChange(draft: DemandsDraft): void
}

export function Demands({ slug, draft, isTimed, errors, onChange }: Props) {
  return (
    <div className="flex flex-col gap-8 pt-4">
      <Gate
        slug={slug}
        gate={gateDraftOf(draft.onlyIf)}
        errors={errors}
        onChange={(next) => onChange({ ...draft, onlyIf: { ...draft.onlyIf, draft: next } })}
      />
      <Deadlines
        drafts={deadlineDraftsOf(draft.expect)}
        isTimed={isTimed}
        errors={errors}
        onChange={(next) => onChange({ ...draft, expect: { ...draft.expect, draft: next } })}
      />
    </div>
  )
}

type GateDraft = NonNullable<DemandsDraft['onlyIf']['draft']>
const isGate = (op: string): op is OnlyIf['op'] => GATES.some((it) => it === op)

function Gate({
  slug,
  gate: { isOn, of },
  errors,
  onChange,
}: {
  slug: string
  gate: GateDraft
  errors: Errors
  onChange(draft: GateDraft): void
}) {
  function change(part: Partial<ConditionDraft>) {
    const next = { ...of, ...part }
    const able = opsFor(next).filter(isGate)
    onChange({ isOn, of: able.some((it) => it === next.op) ? next : { ...next, op: able[0] ?? 'equals' } })
  }
  const own = Object.fromEntries(
    Object.entries(errors).flatMap(([path, words]) =>
      path.startsWith('onlyIf.') ? [[path.slice('onlyIf.'.length), words]] : [],
    ),
  )
  return (
    <section aria-labelledby="only-if" className="flex flex-col gap-5">
      <div className="flex flex-col gap-2">
        <Choice checked={isOn} onChange={(on) => onChange({ isOn: on, of })}>
          <span id="only-if" className="font-medium">
            Only if a value says so
          </span>
        </Choice>
        <p className="text-sm text-soft">
          It is looked at before each run that starts by itself. Where it does not hold, the run is skipped,
          and nothing is spent. Where it cannot be looked at, the run goes on and says so.
        </p>
      </div>
      {isOn && (
        <>
          <SourceFields slug={slug} draft={of} errors={own} change={change} without="feed" />
          <div className="flex flex-wrap items-start gap-3">
            <Field label="Runs only if it" error={own.op} className="w-60 max-w-full">
              <Select
                value={of.op}
                options={opsFor(of)
                  .filter(isGate)
                  .map((value) => ({ value, label: OPS[value] }))}
                onValueChange={(op) => change({ op })}
              />
            </Field>
            <Field label="Value" error={own.value} className="w-44 max-w-full">
              <Input value={of.line} onValueChange={(line) => change({ line })} />
            </Field>
          </div>
          <TryIt slug={slug} triggerId={undefined} draft={of} />
        </>
      )}
    </section>
  )
}

const UNITS = [
  { value: '60', label: 'minutes' },
  { value: '3600', label: 'hours' },
  { value: '86400', label: 'days' },
  { value: '1', label: 'seconds' },
] as const
const MOST = 5

function Deadlines({
  drafts,
  isTimed,
  errors,
  onChange,
}: {
  drafts: readonly DeadlineDraft[]
  isTimed: boolean
  errors: Errors
  onChange(drafts: DeadlineDraft[]): void
}) {
  return (
    <section aria-labelledby="expected" className="flex flex-col gap-4">
      <div className="flex flex-col gap-2">
        <h3 id="expected" className="font-medium">
          Tell me when there is no success in time
        </h3>
        <p className="text-sm text-soft">
          Judged from what has happened, not by whether it fired: also what never started is told, once, and
          once more when it comes after all.
        </p>
      </div>
      {errors.expect !== undefined && <p className="text-sm text-bad">{errors.expect}</p>}
      {drafts.map((draft, n) => (
        <Deadline
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name, and keep their order
          key={n}
          n={n}
          draft={draft}
          isTimed={isTimed}
          errors={errors}
          onChange={(next) => onChange(next ? drafts.with(n, next) : drafts.toSpliced(n, 1))}
        />
      ))}
      {drafts.length < MOST && (
        <Button
          size="sm"
          className="self-start"
          onClick={() =>
            onChange([...drafts, { ...NEW_DEADLINE, ...(!isTimed && { from: 'last_success' }) }])
          }
        >
          <Plus className="size-4" aria-hidden />
          Add a deadline
        </Button>
      )}
    </section>
  )
}

const fromsFor = (isTimed: boolean, now: DeadlineDraft['from']) =>
  [
    { value: 'by', label: 'by a time of the day' },
    { value: 'planned', label: isTimed ? 'within … of the planned time' : 'within … of what fires it' },
    { value: 'last_success', label: 'within … of the last success' },
  ].filter((it) => isTimed || it.value !== 'by' || now === 'by') as {
    value: DeadlineDraft['from']
    label: string
  }[]

function Deadline({
  n,
  draft,
  isTimed,
  errors,
  onChange,
}: {
  n: number
  draft: DeadlineDraft
  isTimed: boolean
  errors: Errors
  onChange(draft: DeadlineDraft | null): void
}) {
  const change = (part: Partial<DeadlineDraft>) => onChange({ ...draft, ...part })
  const by = errors[`expect.${n}.by`]
  return (
    <div className="flex flex-wrap items-end gap-3">
      <Field
        label="No success"
        error={draft.from === 'by' ? undefined : (errors[`expect.${n}.from`] ?? by)}
        className="w-64 max-w-full"
      >
        <Select
          value={draft.from}
          options={fromsFor(isTimed, draft.from)}
          onValueChange={(from) => change({ from })}
        />
      </Field>
      {draft.from === 'by' ? (
        <Field label="By" error={by} className="w-32">
          <Input type="time" value={draft.by} onValueChange={(time) => change({ by: time })} />
        </Field>
      ) : (
        <>
          <Field label="Within" error={errors[`expect.${n}.withinSeconds`]} className="w-24">
            <Input inputMode="decimal" value={draft.within} onValueChange={(within) => change({ within })} />
          </Field>
          <Field label="Unit" className="w-32">
            <Select value={draft.unit} options={UNITS} onValueChange={(unit) => change({ unit })} />
          </Field>
        </>
      )}
      <Button
        variant="ghost"
        size="sm"
        aria-label={`Remove deadline ${n + 1}`}
        onClick={() => onChange(null)}
      >
        Remove
      </Button>
    </div>
  )
}
