/** What a reading of a calendar's address comes to: what is kept of it, and what the chat hears. Pure. */
import type { CalendarRow, Found } from '#db/queries/calendars.ts'
import { hours, minutes } from '#lib/clock.ts'

/** Days off are known long before. */
const EVERY_MS = hours(6)
const AGAIN_MS = minutes(15)
/** What passes may pass: only so many times in a row are worth a word. */
const MOST_IN_A_ROW = 3

export type Reading =
  | { kind: 'same' }
  | { kind: 'days'; dates: string[]; note: string | null; validators: object }
  | { kind: 'problem'; message: string; passing: boolean }

export interface Outcome {
  found: Found
  /** In the chat; null: it is no news. */
  notice: string | null
}

type Before = Pick<
  CalendarRow,
  'name' | 'dates' | 'status' | 'lastError' | 'note' | 'failures' | 'readAt' | 'validators'
>

/** Where it cannot be read, the days stay that are known. */
export function outcomeOf(row: Before, reading: Reading, now: Date): Outcome {
  if (reading.kind === 'problem') return outcomeOfProblem(row, reading, now)
  const { dates, note, readAt, validators } = row
  const known =
    reading.kind === 'same'
      ? { dates, note, readAt, validators }
      : {
          ...{ dates: JSON.stringify(reading.dates), note: reading.note, readAt: now.getTime() },
          validators: JSON.stringify(reading.validators),
        }
  return {
    found: { ...known, status: 'ok', lastError: null, failures: 0, dueAt: now.getTime() + EVERY_MS },
    notice:
      row.status === 'ok' || row.readAt === null ? null : `The calendar **${row.name}** can be read again.`,
  }
}

function outcomeOfProblem(
  row: Before,
  { message, passing }: Extract<Reading, { kind: 'problem' }>,
  now: Date,
): Outcome {
  const { dates, note, readAt, validators } = row
  const failures = row.failures + 1
  const isTold = !passing || failures >= MOST_IN_A_ROW || row.status !== 'ok' || readAt === null
  const status = isTold ? 'failing' : 'ok'
  const since = `The days that were read last go on counting.`
  return {
    found: {
      ...{ dates, note, readAt, validators, status, failures },
      ...{ lastError: message, dueAt: now.getTime() + AGAIN_MS },
    },
    // Whoever has just made it sees it.
    notice:
      isTold && row.status === 'ok' && readAt !== null
        ? `The calendar **${row.name}** cannot be read: ${message} ${since}`
        : null,
  }
}
