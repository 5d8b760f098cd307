'use client'
/**
 * A price, new or changed. What is changed is the list as it was when this was opened: where somebody was faster,
 * it says who, and what stands there now, before it writes over that.
 */
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { DialogFooter } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useChangePrices, usePrices } from '#lib/client/models.ts'
import { fieldErrors, isProblem } from '#lib/client/problem.ts'
import type { ModelPrice } from '#lib/contract/model.ts'
import { placed, priceOf, rates, type WrittenPrice, written } from './price.ts'

/** `price` null: a new one. */
export default function PriceForm({ price, onDone }: { price: ModelPrice | null; onDone(): void }) {
  const known = usePrices()
  const [seen, setSeen] = useState(known.data)
  const [given, setGiven] = useState(written(price))
  const [asOf, setAsOf] = useState(seen?.asOf ?? '')
  const [local, setLocal] = useState<Record<string, string>>({})
  const changing = useChangePrices()
  const made = priceOf(given)
  const next = placed(seen?.prices ?? [], price?.model, made.price)
  const errors = { ...ofPlace(next.place, fieldErrors(changing.error)), ...local }
  const outdated = isProblem(changing.error) && changing.error.status === 409

  function change(part: Partial<WrittenPrice>) {
    setGiven((before) => ({ ...before, ...part }))
    setLocal({})
    if (changing.error) changing.reset()
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    setLocal(made.errors)
    if (!seen || Object.keys(made.errors).length > 0) return
    changing.mutate(
      { ...seen, asOf, prices: next.prices },
      {
        onSuccess: onDone,
        async onError(error) {
          if (isProblem(error) && error.status === 409) setSeen((await known.refetch()).data)
        },
      },
    )
  }
  const part = { given, change, errors }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <Field
        label="Model"
        hint="As its provider calls it; a * at the end stands for any ending."
        error={errors.model}
      >
        <Input
          value={given.model}
          onValueChange={(model) => change({ model })}
          placeholder="e.g. llama3.2*"
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      <Amounts {...part} />
      <Field
        label="As of"
        hint="For the whole list: the day on which it was last checked."
        error={errors.asOf}
      >
        <Input type="date" value={asOf} onValueChange={setAsOf} />
      </Field>
      {changing.error && Object.keys(errors).length === 0 && <ProblemNote error={changing.error} />}
      {outdated && <Now mine={price} theirs={seen?.prices.find((it) => it.model === price?.model)} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={changing.isPending}>
          {price ? 'Save' : 'Add it'}
        </Button>
      </DialogFooter>
    </form>
  )
}

/** A refusal of `prices.3.input` stands at the input. */
const ofPlace = (place: number, errors: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(errors).map(([path, words]) => [path.replace(`prices.${place}.`, ''), words]),
  )

interface Part {
  given: WrittenPrice
  change(part: Partial<WrittenPrice>): void
  errors: Record<string, string>
}

const Amounts = ({ given, change, errors }: Part) => (
  <fieldset className="min-w-0">
    <legend className="mb-2 text-sm text-faint">US dollars for a million tokens</legend>
    <div className="grid gap-4 sm:grid-cols-3">
      <Field label="Input" error={errors.input}>
        <Input inputMode="decimal" value={given.input} onValueChange={(input) => change({ input })} />
      </Field>
      <Field label="Cached input" error={errors.cachedInput} optional>
        <Input
          inputMode="decimal"
          value={given.cachedInput}
          placeholder="as input"
          onValueChange={(cachedInput) => change({ cachedInput })}
        />
      </Field>
      <Field label="Output" error={errors.output}>
        <Input inputMode="decimal" value={given.output} onValueChange={(output) => change({ output })} />
      </Field>
    </div>
  </fieldset>
)

/** What somebody else has left there. */
const Now = ({ mine, theirs }: { mine: ModelPrice | null; theirs: ModelPrice | undefined }) => (
  <p className="text-sm text-soft">
    {!mine
      ? 'Press again to add yours to the list as it is now.'
      : `${theirs ? `It says ${rates(theirs)} now.` : 'It was removed.'} Save again to write yours over that.`}
  </p>
)
