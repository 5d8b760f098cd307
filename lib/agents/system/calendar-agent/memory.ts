/**
 * What the agent remembers: which occurrences it has told of, and how its calendars answered.
 *
 * Promise: it stays within what a schedule may keep; what another version, or somebody else, has left there counts as
 * nothing.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { days } from '#lib/clock.ts'

const MOST_TOLD = 500
/** An occurrence that is past so long can be moved without being the same any more. */
const TOLD_FOR_MS = days(7)
/** Of all calendars together, so that an answer of "as before" has something to stand for. */
const MOST_KEPT_BYTES = 90_000
const LONGEST_KEPT_TEXT = 1_000

const Told = z.object({
  startMs: z.number(),
  title: z.string(),
  /** Of which calendar. */
  from: z.string(),
  state: z.enum(['told', 'cancelled', 'gone']),
})
export type Told = z.output<typeof Told>

const Entry = z.object({
  key: z.string(),
  kind: z.enum(['event', 'task']),
  title: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  allDay: z.boolean(),
  cancelled: z.boolean(),
  where: z.string(),
  description: z.string(),
  link: z.string().nullable(),
  organizer: z.string(),
  people: z.array(z.string()),
})
export type Entry = z.output<typeof Entry>

const Calendar = z.object({
  label: z.string(),
  /** It has been said that it fails, and not yet that it answers again. */
  failing: z.boolean(),
  /** Nothing stood in it the last time. */
  empty: z.boolean().default(false),
  /** Its last answer, as far as it holds: asked for again only where the server says that it has changed. */
  answer: z
    .object({
      etag: z.string().max(200).optional(),
      modified: z.string().max(200).optional(),
      /** In which times of no zone were read. */
      zone: z.string(),
      untilMs: z.number(),
      entries: z.array(Entry),
    })
    .nullable(),
})
export type CalendarMemory = z.output<typeof Calendar>

export const Memory = z
  .object({ told: z.record(z.string(), Told), calendars: z.record(z.string(), Calendar) })
  .catch({ told: {}, calendars: {} })
export type Memory = z.output<typeof Memory>

/** Keys and addresses may be of any length, and addresses are secrets. */
export const hashOf = (text: string | Uint8Array): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 16)

/** Those that are to come or just past; where they are too many, those that are the farthest off go. */
export function keptTold(told: Record<string, Told>, nowMs: number): Record<string, Told> {
  const left = Object.entries(told)
    .filter(([, it]) => it.startMs > nowMs - TOLD_FOR_MS)
    .toSorted(([, a], [, b]) => Math.abs(a.startMs - nowMs) - Math.abs(b.startMs - nowMs))
  return Object.fromEntries(left.slice(0, MOST_TOLD))
}

/** Null where it is too long to be kept: then the calendar is asked for as a whole. */
export function keptAnswer(
  answer: NonNullable<CalendarMemory['answer']>,
  calendars: number,
): CalendarMemory['answer'] {
  if (answer.etag === undefined && answer.modified === undefined) return null
  const entries = answer.entries.map((it) => ({
    ...it,
    description: it.description.slice(0, LONGEST_KEPT_TEXT).toWellFormed(),
  }))
  const kept = { ...answer, entries }
  return Buffer.byteLength(JSON.stringify(kept)) <= MOST_KEPT_BYTES / calendars ? kept : null
}
