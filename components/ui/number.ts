/** Numbers and money as whoever looks writes them: the one place of the pages where they become words. */
import { reading } from '#lib/client/reading.ts'
import { dollarPlaces } from '#lib/contract/money.ts'

const formatters = new Map<string, Intl.NumberFormat>()

export function formatNumber(n: number, options: Intl.NumberFormatOptions = {}): string {
  const language = reading().language ?? 'en'
  const key = `${language} ${JSON.stringify(options)}`
  const formatter = formatters.get(key) ?? new Intl.NumberFormat(language, options)
  formatters.set(key, formatter)
  return formatter.format(n)
}

/** "3.0": with as many places, whatever stands there. */
export const formatFixed = (n: number, places: number): string =>
  formatNumber(n, { minimumFractionDigits: places, maximumFractionDigits: places })

/** "$1.20", "1,20 $". */
export const formatDollars = (amount: number, places = dollarPlaces(amount)): string =>
  formatNumber(amount, { style: 'currency', currency: 'USD', ...places })

/** "81.5%", "81,5 %": of a hundred. */
export const formatPercent = (n: number): string =>
  formatNumber(n / 100, { style: 'percent', maximumFractionDigits: 1 })
