/**
 * What is told of what stands in the calendars, and what is remembered of it. Pure.
 *
 * Promise: an occurrence is reminded of once. After that only what has become of it is told, each once: that it was
 * moved, is cancelled, or is not in its calendar any more.
 */
import { type Entry, hashOf, type Told } from './memory.ts'

const LONGEST_TITLE = 60

/** An entry with the calendar that it stands in. */
export interface Placed extends Entry {
  from: string
}
export interface Now {
  nowMs: number
  aheadMs: number
  /** Which kinds are reminded of. */
  wants(entry: Entry): boolean
  /** Calendars that were read as a whole, with how far that reaches. */
  whole: ReadonlyMap<string, number>
}
export interface Decided {
  reminders: Placed[]
  moved: { entry: Placed; wasMs: number }[]
  cancelled: Told[]
  gone: Told[]
  told: Record<string, Told>
}

export function decide(entries: Placed[], known: Record<string, Told>, now: Now): Decided {
  const decided: Decided = { reminders: [], moved: [], cancelled: [], gone: [], told: { ...known } }
  const seen = new Set<string>()
  // One that stands in two calendars is one; where it takes place in either it does.
  for (const entry of entries.toSorted((a, b) => Number(a.cancelled) - Number(b.cancelled))) {
    const key = hashOf(entry.key)
    if (seen.has(key)) continue
    seen.add(key)
    decideOne(entry, key, decided, now)
  }
  for (const [key, it] of Object.entries(known)) {
    const untilMs = now.whole.get(it.from)
    if (seen.has(key) || it.state !== 'told' || untilMs === undefined) continue
    if (it.startMs <= now.nowMs || it.startMs >= untilMs) continue
    decided.gone.push(it)
    decided.told[key] = { ...it, state: 'gone' }
  }
  decided.reminders.sort((a, b) => a.startMs - b.startMs)
  return decided
}

function decideOne(
  entry: Placed,
  key: string,
  { told, reminders, moved, cancelled }: Decided,
  now: Now,
): void {
  const before = told[key]
  const { startMs, from } = entry
  const next: Told = {
    startMs,
    from,
    title: entry.title.slice(0, LONGEST_TITLE).toWellFormed(),
    state: 'told',
  }
  if (before?.state === 'told') {
    if (entry.cancelled) {
      told[key] = { ...next, state: 'cancelled' }
      if (before.startMs > now.nowMs) cancelled.push(before)
    } else if (startMs !== before.startMs) {
      told[key] = next
      if (isToCome(entry, now)) moved.push({ entry, wasMs: before.startMs })
    }
    return
  }
  if (entry.cancelled || !isSoon(entry, now) || !now.wants(entry)) return
  told[key] = next
  reminders.push(entry)
}

/** A day is to come until it is over. */
const isToCome = ({ startMs, endMs, allDay }: Entry, { nowMs }: Now) => (allDay ? endMs : startMs) > nowMs
const isSoon = (entry: Entry, now: Now) =>
  entry.startMs <= now.nowMs + now.aheadMs &&
  (entry.allDay ? entry.endMs > now.nowMs : entry.startMs >= now.nowMs)
