/**
 * What is said to whom, and when.
 *
 * Promise: all of it is decided here, purely. Of an incident a channel hears once (or at each failure, where a rule
 * says so), and of its end where it heard of it, and nowhere else. What may not go just now is held and goes later:
 * nothing is lost.
 */
import { hours, minutes, seconds } from '../clock.ts'
import type { QuietHours, Repeat, Tellable } from '../contract/delivery.ts'
import type { Sent } from './port.ts'

/** What a rule heard of. */
export interface Fact {
  /** What it is, as far as the rule listens to it. */
  is: readonly Tellable[]
  /** Of a failure: the how manieth of its incident; of a success: how many there were since the last failure. */
  nth: number
  incidentId: number | null
  acknowledged: boolean
}
export interface RuleSettings {
  on: readonly Tellable[]
  afterFailures: number
  repeat: Repeat
  recoverAfter: number
}
/** Incidents of the trigger that the rule's channel has heard of, and not of their end. */
export type HeardOf = ReadonlySet<number>

export type Verdict =
  /** `hears`: the channel knows of the incident now. `recovers`: it knows that these are over. */
  | { kind: 'say'; event: Tellable; hears: number | null; recovers: readonly number[] }
  | { kind: 'silent'; event: Tellable; reason: string }

export function verdictOf(fact: Fact, rule: RuleSettings, heard: HeardOf): Verdict {
  if (fact.is.includes('failure')) return ofFailure(fact, rule, heard)
  const recovers = recoveredBy(fact, rule, heard)
  if (recovers.length > 0) return { kind: 'say', event: 'recovery', hears: null, recovers }
  const event = fact.is.find((it) => it !== 'recovery' && rule.on.includes(it))
  if (event) return { kind: 'say', event, hears: null, recovers: [] }
  if (!fact.is.includes('recovery'))
    return {
      kind: 'silent',
      event: fact.is[0] ?? 'success',
      reason: 'The rule does not listen to it any more.',
    }
  const reason =
    heard.size === 0
      ? 'The channel had not heard of the failure.'
      : `${fact.nth} of ${rule.recoverAfter} successes in a row.`
  return { kind: 'silent', event: 'recovery', reason }
}

function ofFailure(
  { nth, incidentId, acknowledged }: Fact,
  { on, afterFailures, repeat }: RuleSettings,
  heard: HeardOf,
): Verdict {
  const silent = (reason: string): Verdict => ({ kind: 'silent', event: 'failure', reason })
  if (!on.includes('failure')) return silent('The rule does not listen to it any more.')
  if (nth < afterFailures)
    return silent(`Failure ${nth} of this cause; told from the ${ordinal(afterFailures)} on.`)
  const knows = incidentId !== null && heard.has(incidentId)
  if (knows && repeat === 'once') return silent('The channel has heard of this incident.')
  if (acknowledged) return silent('Somebody has acknowledged the incident.')
  return { kind: 'say', event: 'failure', hears: incidentId, recovers: [] }
}

function recoveredBy({ is, nth }: Fact, { on, recoverAfter }: RuleSettings, heard: HeardOf): number[] {
  return is.includes('recovery') && on.includes('recovery') && nth >= recoverAfter ? [...heard] : []
}

const ENDINGS: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' }
const plural = new Intl.PluralRules('en', { type: 'ordinal' })
const ordinal = (n: number) => `${n}${ENDINGS[plural.select(n)] ?? 'th'}`

export interface Pace {
  quietHours: QuietHours | null
  digestAt: string | null
  /** In which the digest's time of day is read where there are no quiet hours. */
  timezone: string
  maxPerHour: number
}
export interface Going {
  at: Date
  /** Why it is held until then; null: it goes. */
  held: string | null
}

/** When a message goes; `last`: when those of the last hour went, or are to go. */
export function goingOf(pace: Pace, last: readonly Date[], now: Date): Going {
  const quietUntil = pace.quietHours && endOfQuiet(pace.quietHours, now)
  const digest = pace.digestAt && nextAt(pace.digestAt, pace.quietHours?.timezone ?? pace.timezone, now)
  if (digest) return { at: latest(digest, quietUntil), held: `Gathered until ${pace.digestAt}.` }
  if (quietUntil) return { at: quietUntil, held: `Quiet hours until ${pace.quietHours?.to}.` }
  const free = freeFrom(pace.maxPerHour, last, now)
  return free <= now
    ? { at: now, held: null }
    : { at: free, held: `${pace.maxPerHour} messages went within an hour: what is more goes together.` }
}
const latest = (a: Date, b: Date | null) => (b && b > a ? b : a)

/** When one more message fits into the hour. */
export function freeFrom(maxPerHour: number, last: readonly Date[], now: Date): Date {
  const recent = last
    .map((it) => it.getTime())
    .filter((at) => at > now.getTime() - hours(1))
    .sort((a, b) => b - a)
  const oldest = recent[maxPerHour - 1]
  return oldest === undefined ? now : new Date(oldest + hours(1))
}

const wallOf = (now: Date, timezone: string) =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timezone)
const toDate = (it: Temporal.ZonedDateTime) => new Date(it.epochMilliseconds)

/** The next time that a clock on the wall shows it, after now. */
function nextAt(time: string, timezone: string, now: Date): Date {
  const wall = wallOf(now, timezone)
  const today = toDate(wall.withPlainTime(Temporal.PlainTime.from(time)))
  return today > now ? today : toDate(wall.add({ days: 1 }).withPlainTime(Temporal.PlainTime.from(time)))
}

/** When the quiet hours end that are on; null while none are. */
function endOfQuiet({ from, to, timezone }: QuietHours, now: Date): Date | null {
  const time = wallOf(now, timezone).toPlainTime().toString({ smallestUnit: 'minute' })
  const isQuiet = from < to ? time >= from && time < to : time >= from || time < to
  return isQuiet ? nextAt(to, timezone, now) : null
}

/** How long after a try that failed the next one comes; there is none after the last. */
const PAUSES_MS = [seconds(30), minutes(2), minutes(10), hours(1), hours(6)]

export type Next =
  | { kind: 'sent' }
  | { kind: 'again'; at: Date; reason: string }
  | { kind: 'failed'; reason: string; gone: boolean }
  | { kind: 'unknown'; reason: string }

/** What follows from a try, the how manieth it may be. */
export function nextOf(sent: Sent, tries: number, tellsRepeats: boolean, now: Date): Next {
  if (sent.kind === 'sent') return { kind: 'sent' }
  const pauseMs = PAUSES_MS[tries - 1]
  const { detail } = sent
  if (sent.kind === 'unknown') {
    if (!tellsRepeats || pauseMs === undefined) return { kind: 'unknown', reason: detail }
    return { kind: 'again', at: new Date(now.getTime() + pauseMs), reason: detail }
  }
  if (sent.lasting || pauseMs === undefined)
    return { kind: 'failed', reason: detail, gone: sent.gone ?? false }
  const waitMs = Math.max(pauseMs, sent.retryAfterMs ?? 0)
  return { kind: 'again', at: new Date(now.getTime() + waitMs), reason: detail }
}
