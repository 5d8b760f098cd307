/** Numbers as whoever looks writes them. */
import { reading } from '#lib/client/reading.ts'

const formatters = new Map<string, Intl.NumberFormat>()

export function formatNumber(n: number, options: Intl.NumberFormatOptions = {}): string {
  const language = reading().language ?? 'en'
  const key = `${language} ${JSON.stringify(options)}`
  const formatter = formatters.get(key) ?? new Intl.NumberFormat(language, options)
  formatters.set(key, formatter)
  return formatter.format(n)
}
