'use client'
/** What models cost, as usage and budgets count it, with the day of the figures. */
import { Coins } from 'lucide-react'
import { useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { Button } from '#components/ui/button.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { SearchInput } from '#components/ui/search-input.tsx'
import { useChangePrices, usePrices } from '#lib/client/models.ts'
import type { KeptPrices, ModelPrice } from '#lib/contract/model.ts'
import { dayIn, rate, sought } from './price.ts'

const PriceForm = lazily(() => import('./price-form.tsx'))

/** More are looked for rather than read. */
const MOST_AT_FIRST = 5

export function Prices() {
  const known = usePrices()
  const [words, setWords] = useState('')
  const [whole, setWhole] = useState(false)
  const { data } = known
  const found = sought(data?.prices ?? [], words)
  const shown = whole || words !== '' ? found : found.slice(0, MOST_AT_FIRST)
  return (
    <ListCard
      id="prices"
      title="Prices of models"
      about={
        <>
          US dollars for a million tokens
          {data && (
            <>
              , as of <time dateTime={data.asOf}>{dayIn(data.asOf)}</time>
            </>
          )}
          .
        </>
      }
      action={
        data && (
          <AddDialog label="Add a price">{(done) => <PriceForm price={null} onDone={done} />}</AddDialog>
        )
      }
      above={
        data &&
        data.prices.length > MOST_AT_FIRST && (
          <SearchInput
            label="Search the prices"
            placeholder="Search, such as gpt-4o-mini"
            value={words}
            onChange={setWords}
            className="mx-5 mt-4 flex flex-col"
          />
        )
      }
      items={{ data: data && shown, error: known.error, refetch: known.refetch }}
      empty={
        words === ''
          ? {
              icon: <Coins />,
              title: 'No prices',
              words: 'A model without one counts as nothing in budgets of dollars.',
            }
          : {
              icon: <Coins />,
              title: `No price for “${words.trim()}”`,
              words: 'Add one, or look for a part of its name.',
            }
      }
      below={
        shown.length < found.length && (
          <Button variant="ghost" className="m-2" onClick={() => setWhole(true)}>
            Show all {found.length}
          </Button>
        )
      }
    >
      {(it) => data && <Row key={it.model} price={it} seen={data} />}
    </ListCard>
  )
}

function Row({ price: it, seen }: { price: ModelPrice; seen: KeptPrices }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <p className="min-w-0 flex-1 basis-44 font-mono text-sm wrap-anywhere">{it.model}</p>
      <dl className="grid w-full grid-cols-3 gap-x-4 text-sm sm:w-72">
        <Amount label="Input" amount={it.input} />
        <Amount label="Cached" amount={it.cachedInput} />
        <Amount label="Output" amount={it.output} />
      </dl>
      <div className="flex gap-1">
        <Change price={it} />
        <Remove price={it} seen={seen} />
      </div>
    </li>
  )
}

const Amount = ({ label, amount }: { label: string; amount: number | null }) => (
  <div className="min-w-0">
    <dt className="text-xs text-faint">{label}</dt>
    <dd className="tabular-nums wrap-anywhere">{amount === null ? 'as input' : rate(amount)}</dd>
  </div>
)

const Change = ({ price }: { price: ModelPrice }) => (
  <AddDialog label="Change" title={`Change: ${price.model}`} quiet>
    {(done) => <PriceForm price={price} onDone={done} />}
  </AddDialog>
)

function Remove({ price: { model }, seen }: { price: ModelPrice; seen: KeptPrices }) {
  const change = useChangePrices()
  return (
    <RemoveButton
      of={model}
      title={`Remove the price of ${model}?`}
      onConfirm={() =>
        change.mutateAsync({ ...seen, prices: seen.prices.filter((it) => it.model !== model) })
      }
    >
      Where no other price holds for it, its runs count as nothing in budgets of dollars, and agents with a
      limit in dollars do not ask it.
    </RemoveButton>
  )
}
