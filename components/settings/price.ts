/** Prices of models as they are sought, written and read. */
import { formatDay } from '#components/ui/instants.ts'
import { formatDollars } from '#components/ui/number.ts'
import type { ModelPrice } from '#lib/contract/model.ts'

/** By a part of its name, or by the whole name of a model that it holds for. */
export function sought(prices: readonly ModelPrice[], words: string): ModelPrice[] {
  const wanted = words.trim().toLowerCase()
  return prices.filter(({ model }) => {
    const name = model.toLowerCase()
    return name.includes(wanted) || (name.endsWith('*') && wanted.startsWith(name.slice(0, -1)))
  })
}

/** In full: of what a million cost, no place is too small to count. */
export const rate = (amount: number): string =>
  formatDollars(amount, { minimumFractionDigits: 2, maximumFractionDigits: 12 })

export const rates = ({ input, cachedInput, output }: ModelPrice): string =>
  [
    `${rate(input)} input`,
    cachedInput === null ? null : `${rate(cachedInput)} cached input`,
    `${rate(output)} output`,
  ]
    .filter((it) => it !== null)
    .join(', ')

/** `15 January 2026`. */
export const dayIn = (date: string): string => formatDay(date, { dateStyle: 'long' })

/** In the place of the one of that name; first where there is none of it. */
export function placed(prices: readonly ModelPrice[], name: string | undefined, price: ModelPrice) {
  const place = prices.findIndex((it) => it.model === name)
  return place < 0 ? { place: 0, prices: [price, ...prices] } : { place, prices: prices.with(place, price) }
}

export interface WrittenPrice {
  model: string
  input: string
  cachedInput: string
  output: string
}
export const written = (it: ModelPrice | null): WrittenPrice => ({
  model: it?.model ?? '',
  input: it ? String(it.input) : '',
  cachedInput: it?.cachedInput == null ? '' : String(it.cachedInput),
  output: it ? String(it.output) : '',
})

/** The price is to be sent only when there are no errors; what the server judges is left to it. */
export function priceOf(given: WrittenPrice): { price: ModelPrice; errors: Record<string, string> } {
  const errors: Record<string, string> = {}
  const amount = (name: 'input' | 'cachedInput' | 'output') => {
    const text = given[name].trim()
    const value = text === '' ? Number.NaN : Number(text)
    if (!Number.isFinite(value))
      errors[name] = text === '' ? 'Write a number: 0 where it is free.' : mended(text)
    return value
  }
  const price = {
    model: given.model.trim(),
    input: amount('input'),
    cachedInput: given.cachedInput.trim() === '' ? null : amount('cachedInput'),
    output: amount('output'),
  }
  return { price, errors }
}

const mended = (text: string) => `“${text}” is not a number. Write it like 1.25.`
