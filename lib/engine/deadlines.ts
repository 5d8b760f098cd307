/** By when a result is due, and what is known where it did not come. Pure. */
import type { DueTrigger } from '#db/queries/due.ts'
import type { Overdue } from '#db/queries/expectations.ts'
import type { Expect } from '../contract/expectation.ts'
import { shown } from '../recurrence/index.ts'
import { type FieldError, followsClock, type Row, timesOf } from '../triggers/index.ts'
import { boundedBy } from './instants.ts'

/** Milliseconds; null where it is no deadline of a planned instant. */
export function dueByOf(
  { by, withinSeconds }: Pick<Expect[number], 'by' | 'withinSeconds'>,
  plannedAt: Date,
  timezone: string,
): number | null {
  if (withinSeconds !== null) return plannedAt.getTime() + withinSeconds * 1000
  if (by === null) return null
  const day = Temporal.Instant.fromEpochMilliseconds(plannedAt.getTime()).toZonedDateTimeISO(timezone)
  // Where the clock of the place leaves that time out, it is the next one that it shows.
  return day.toPlainDate().toZonedDateTime({ timeZone: timezone, plainTime: by }).epochMilliseconds
}

/** What a person must mend of what is expected. */
export function faultsOfExpect(
  row: Row & Pick<DueTrigger, 'startsAt' | 'endsAt'> & { expect: string | null },
  now: Date,
): FieldError[] {
  const timed = ((JSON.parse(row.expect ?? '[]') ?? []) as Expect)
    .map((it, n) => ({ ...it, n }))
    .filter((it) => it.by !== null)
  if (timed.length === 0) return []
  if (!followsClock(row.kind))
    return timed.map(({ n }) => ({
      path: `expect.${n}.by`,
      message: `does not go with the kind "${row.kind}", which plans nothing: use withinSeconds`,
    }))
  const first = boundedBy(row, timesOf(row)).next(now)
  return timed.flatMap(({ n, ...it }) => {
    const dueBy = first && dueByOf(it, first, row.timezone)
    if (dueBy === null || first === null || dueBy > first.getTime()) return []
    const planned = shown(first, row.timezone, 'time')
    return [
      {
        path: `expect.${n}.by`,
        message: `is ${it.by}, and it runs at ${planned} of that day: use withinSeconds`,
      },
    ]
  })
}

export type Known = Pick<
  Overdue,
  'status' | 'reason' | 'error' | 'completedAt' | 'anyRun' | 'plannedAt' | 'dueBy' | 'timezone'
>

/** One sentence, true of the moment at which it was missed. */
export function knownOf(it: Known): string {
  const words = wordsOf(it)
  return it.anyRun ? `Nothing has succeeded since ${when(it, it.plannedAt)}. ${words}` : words
}

function wordsOf(it: Known): string {
  const { status, reason, error, completedAt } = it
  const because = reason ? `: ${lower(reason)}` : '.'
  const at = completedAt === null ? '' : ` at ${when(it, completedAt)}`
  switch (status) {
    case null:
      return it.anyRun ? 'Nothing was started.' : 'It never started.'
    case 'queued':
      return 'It is still in the queue.'
    case 'running':
      return 'It is still running.'
    case 'waiting':
      return reason?.startsWith('Waits ') ? `It w${reason.slice(1)}` : `It is waiting${because}`
    case 'success':
      return completedAt !== null && completedAt > it.dueBy
        ? `It succeeded${at}, too late.`
        : `The last one succeeded${at}.`
    case 'failed':
      return `It failed${at}: ${error ?? reason ?? 'it did not finish.'}`
    case 'cancelled':
      return `It was cancelled${at}${because}`
    case 'skipped':
      return `It was skipped${because}`
    case 'missed':
      return `It never started${because}`
  }
}

const lower = (text: string) => text.replace(/^(Skipped|Missed|Cancelled)(?=[: (])[: ]*/, '')

/** As the clock of the place shows it; the day where it is another than that of the deadline. */
function when({ timezone, dueBy }: Known, at: number): string {
  const [day, due] = [at, dueBy].map((one) => shown(new Date(one), timezone, 'day'))
  return shown(new Date(at), timezone, day === due ? 'time' : 'moment')
}
