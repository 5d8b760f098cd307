/**
 * What a million tokens cost, by the names of well-known models.
 *
 * The figures are list prices, of the day that stands beside them; an installation keeps its own over them.
 */
import { z } from 'zod'
import { replaceSetting, setting } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { KeptPrices, type ModelPrices, type PricesChange } from '../../contract/model.ts'
import type { TurnUsage } from './turn.ts'

const price = (model: string, input: number, cachedInput: number | null, output: number) => ({
  model,
  input,
  cachedInput,
  output,
})
export const SHIPPED: ModelPrices = {
  asOf: '2026-01-15',
  prices: [
    price('gpt-5*', 1.25, 0.125, 10),
    price('gpt-5-mini*', 0.25, 0.025, 2),
    price('gpt-5-nano*', 0.05, 0.005, 0.4),
    price('gpt-4.1*', 2, 0.5, 8),
    price('gpt-4.1-mini*', 0.4, 0.1, 1.6),
    price('gpt-4.1-nano*', 0.1, 0.025, 0.4),
    price('gpt-4o*', 2.5, 1.25, 10),
    price('gpt-4o-mini*', 0.15, 0.075, 0.6),
    price('o3*', 2, 0.5, 8),
    price('o4-mini*', 1.1, 0.275, 4.4),
    price('claude-opus-4*', 15, 1.5, 75),
    price('claude-opus-4-5*', 5, 0.5, 25),
    price('claude-sonnet-4*', 3, 0.3, 15),
    price('claude-haiku-4-5*', 1, 0.1, 5),
    price('claude-3-5-haiku*', 0.8, 0.08, 4),
    price('gemini-2.5-pro*', 1.25, 0.31, 10),
    price('gemini-2.5-flash*', 0.3, 0.075, 2.5),
    price('deepseek-chat*', 0.28, 0.028, 0.42),
    price('mistral-large*', 2, null, 6),
    price('mistral-small*', 0.1, null, 0.3),
  ],
}

const NAME = 'model_prices'
const Kept = z.object({
  ...KeptPrices.shape,
  revision: KeptPrices.shape.revision.default(1),
  /** By whom, and when; null: as it was shipped. */
  made: z.object({ by: z.string(), at: z.number() }).nullable().default(null),
})
type Kept = z.infer<typeof Kept>
const read = (text: string | null): Kept =>
  text === null ? { ...SHIPPED, revision: 1, made: null } : Kept.parse(JSON.parse(text))
const shown = ({ asOf, prices, revision }: Kept): KeptPrices => ({ asOf, prices, revision })

export const prices = async (store: Store): Promise<KeptPrices> => shown(read(await setting(store, NAME)))

/** The list as it is from now on; or who changed it since `seen`, which then stays as it is. */
export async function keepPrices(
  store: Store,
  { revision: seen, ...given }: PricesChange,
  made: NonNullable<Kept['made']>,
): Promise<{ kept: KeptPrices } | { changed: Kept }> {
  for (;;) {
    const text = await setting(store, NAME)
    const before = read(text)
    if (seen !== undefined && seen !== before.revision) return { changed: before }
    const next: Kept = { ...given, revision: before.revision + 1, made }
    // Somebody was first: looked at again.
    if (await replaceSetting(store, NAME, { seen: text, next: JSON.stringify(next) }))
      return { kept: shown(next) }
  }
}

/** US dollars; null where nobody has said what the model costs. Of several that fit, the most exact holds. */
export function costOf(model: string, used: TurnUsage, { prices }: ModelPrices): number | null {
  const bare = model.split('/').at(-1) ?? model
  const fits = (it: string) =>
    [model, bare].some((name) => (it.endsWith('*') ? name.startsWith(it.slice(0, -1)) : name === it))
  const [found] = prices.filter((it) => fits(it.model)).toSorted((a, b) => b.model.length - a.model.length)
  if (!found) return null
  const { tokensIn, tokensOut, tokensCached } = used
  const cached = found.cachedInput ?? found.input
  return (
    ((tokensIn - tokensCached) * found.input + tokensCached * cached + tokensOut * found.output) / 1_000_000
  )
}
