/** The day or month of a budget, in its zone. Pure. */
import type { BudgetPeriod } from '../contract/budget.ts'

/** Since when and until when; a budget of a run has no time of its own. */
export function periodAt(
  period: BudgetPeriod,
  timezone: string,
  now: Date,
): { since: Date; until: Date } | null {
  if (period === 'run') return null
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(timezone)
    .toPlainDate()
  const first = period === 'day' ? today : today.with({ day: 1 })
  const next = first.add(period === 'day' ? { days: 1 } : { months: 1 })
  // The first moment of a day that exists: it need not be midnight.
  const startOf = (it: Temporal.PlainDate) => new Date(it.toZonedDateTime(timezone).epochMilliseconds)
  return { since: startOf(first), until: startOf(next) }
}
