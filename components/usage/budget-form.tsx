'use client'
/** A budget: whose, for how long, how much, and what happens beyond it. */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { useChangeBudgets, type Wanted } from '#lib/client/budgets.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import { useAgents } from '#lib/client/workspaces.ts'
import type { Budget } from '#lib/contract/budget.ts'

const PERIODS = [
  { value: 'day', label: 'A day' },
  { value: 'month', label: 'A month' },
  { value: 'run', label: 'A run' },
] as const
const OVER = [
  { value: 'skip', label: 'Skip the run' },
  { value: 'ask', label: 'Ask a person' },
] as const
const WHOLE = ''

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
  const [agent, setAgent] = useState(WHOLE)
  const [period, setPeriod] = useState<Wanted['period']>(before?.period ?? 'day')
  const [over, setOver] = useState<Wanted['over']>(before?.over ?? 'skip')
  const errors = lastOf(fieldErrors(change.error))

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const text = (name: string) => String(given.get(name) ?? '')
    const limits = { period, over, cost: amount(text('cost')), tokens: amount(text('tokens')) }
    const whose: Pick<Wanted, 'scope' | 'scopeId'> =
      agent === WHOLE ? { scope: 'workspace', scopeId: null } : { scope: 'agent', scopeId: agent }
    change.mutate(
      (all) =>
        known
          ? all.map((it, n) => (n === known.place ? { ...it, ...limits } : it))
          : [...all, { ...whose, ...limits, warnAt: 0.8 }],
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
        <Whose slug={slug} value={agent} onChange={setAgent} error={errors.scopeId} />
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

function Whose({
  slug,
  value,
  error,
  onChange,
}: {
  slug: string
  value: string
  error: string | undefined
  onChange(value: string): void
}) {
  const agents = useAgents(slug)
  const own = agents.data?.filter((it) => it.agentType === 'custom') ?? []
  return (
    <Field label="Of" error={error} hint="A budget of one schedule is set by API.">
      <Select
        value={value}
        onValueChange={onChange}
        options={[
          { value: WHOLE, label: 'The whole workspace' },
          ...own.map((it) => ({ value: it.id, label: `The agent ${it.name}` })),
        ]}
      />
    </Field>
  )
}
