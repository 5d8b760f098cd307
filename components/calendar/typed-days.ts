/** Days as people type or paste them: one on a line, with what they are behind them, or several with commas between. */
const DAY = /(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)/g

export interface TypedDays {
  dates: string[]
  /** The first line that names no day; null where each does. */
  problem: string | null
}

export function daysTyped(text: string): TypedDays {
  const dates: string[] = []
  for (const line of text.split('\n')) {
    const found = line.match(DAY) ?? []
    const wrong = found.length === 0 ? line.trim() : found.find((it) => !isDay(it))
    if (wrong) return { dates, problem: `“${wrong.slice(0, 60)}” is not a date such as 2026-12-25.` }
    dates.push(...found)
  }
  return { dates, problem: dates.length === 0 ? 'Write at least one day, such as 2026-12-25.' : null }
}

const isDay = (it: string) => {
  const at = new Date(`${it}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(it)
}
