'use client'
/** A budget: whose, for how long, how much, and what happens beyond it. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Combobox } from '#components/ui/combobox.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { useChangeBudgets, type Wanted } from '#lib/client/budgets.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import { useSchedules } from '#lib/client/schedules.ts'
import { useAgents } from '#lib/client/workspaces.ts'
import type { Budget } from '#lib/contract/budget.ts'
import { lacking, ONE_SCHEDULE, type Owner, ownerOf, WHOLE } from './owner.ts'

const PERIODS = [
  { value: 'day', label: 'A day' },
  { value: 'month', label: 'A month' },
  { value: 'run', label: 'A run' },
] as const
const OVER = [
  { value: 'skip', label: 'Skip the run' },
  { value: 'ask', label: 'Ask a person' },
] as const

const textOf = (amount: number | null | undefined) => (amount == null ? '' : String(amount))
const amount = (text: string) => (text.trim() === '' ? null : Number(text))

/** `known`: one that there is, and its place in the list. */
export default function BudgetForm({
  slug,
  known,
  onDone,
}: {
  slug: string | null
  known?: { budget: Budget; place: number }
  onDone(): void
}) {
  const change = useChangeBudgets(slug)
  const before = known?.budget
  const [owner, setOwner] = useState<Owner>({ of: WHOLE, schedule: null })
  const [lacks, setLacks] = useState<string | null>(null)
  const [period, setPeriod] = useState<Wanted['period']>(before?.period ?? 'day')
  const [over, setOver] = useState<Wanted['over']>(before?.over ?? 'skip')
  const errors = lastOf(fieldErrors(change.error))

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const missing = lacking(owner)
    setLacks(missing)
    if (missing) return
    const given = new FormData(event.currentTarget)
    const text = (name: string) => String(given.get(name) ?? '')
    const limits = { period, over, cost: amount(text('cost')), tokens: amount(text('tokens')) }
    change.mutate(
      (all) =>
        known
          ? all.map((it, n) => (n === known.place ? { ...it, ...limits } : it))
          : [...all, { ...ownerOf(owner), ...limits, warnAt: 0.8 }],
      { onSuccess: onDone },
    )
  }
  return (
    <form
      onSubmit={submit}
      onChange={() => change.error && change.reset()}
      className="flex flex-col gap-4"
      noValidate
    >
      {slug !== null && !known && (
        <Whose
          slug={slug}
          value={owner}
          onChange={(next) => {
            setLacks(null)
            setOwner(next)
          }}
          error={lacks ?? errors.scopeId}
        />
      )}
      <Field label="For">
        <Select value={period} onValueChange={setPeriod} options={PERIODS} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Dollars" error={errors.cost} optional>
          <Input
            name="cost"
            defaultValue={textOf(before?.cost)}
            inputMode="decimal"
            placeholder="10"
            autoComplete="off"
          />
        </Field>
        <Field label="Tokens" error={errors.tokens} optional>
          <Input
            name="tokens"
            defaultValue={textOf(before?.tokens)}
            inputMode="numeric"
            placeholder="1000000"
            autoComplete="off"
          />
        </Field>
      </div>
      <Field label="Beyond it" error={errors.over}>
        <Select value={over} onValueChange={setOver} options={OVER} />
      </Field>
      {change.error && Object.keys(errors).length === 0 && <ProblemNote error={change.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={change.isPending}>
          {known ? 'Save' : 'Add it'}
        </Button>
      </DialogFooter>
    </form>
  )
}

/** The refusal of `budgets.3.cost` stands at the dollars. */
const lastOf = (errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(errors).map(([path, words]) => [path.split('.').at(-1) ?? path, words]))

interface WhoseProps {
  slug: string
  value: Owner
  error: string | undefined
  onChange(value: Owner): void
}

function Whose({ slug, value, error, onChange }: WhoseProps) {
  const agents = useAgents(slug)
  const own = agents.data?.filter((it) => it.agentType === 'custom') ?? []
  const isOne = value.of === ONE_SCHEDULE
  return (
    <>
      <Field label="Of" error={isOne ? undefined : error}>
        <Select
          value={value.of}
          onValueChange={(of) => onChange({ ...value, of })}
          options={[
            { value: WHOLE, label: 'The whole workspace' },
            { value: ONE_SCHEDULE, label: 'One schedule' },
            ...own.map((it) => ({ value: it.id, label: `The agent ${it.name}` })),
          ]}
        />
      </Field>
      {isOne && (
        <Schedule
          slug={slug}
          value={value.schedule}
          error={error}
          onChange={(schedule) => onChange({ ...value, schedule })}
        />
      )}
    </>
  )
}

function Schedule({
  slug,
  value,
  error,
  onChange,
}: Omit<WhoseProps, 'value' | 'onChange'> & { value: number | null; onChange(id: number): void }) {
  const schedules = useSchedules(slug).data ?? []
  return (
    <Field label="Schedule" error={error}>
      <Combobox
        value={value === null ? null : String(value)}
        options={schedules.map((it) => ({ value: String(it.id), label: it.name }))}
        placeholder="Search schedules"
        empty="No schedule is called that."
        onValueChange={(id) => onChange(Number(id))}
      />
    </Field>
  )
}
