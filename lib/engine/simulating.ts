/**
 * What a trigger would do over a span, with runs that take a given time. Pure; nothing is written.
 *
 * Promise: its instants are those that it would be planned at, and overlap decides as it does live.
 */
import type { Throttle } from '../contract/event-trigger.ts'
import type { Overlap, SimulatedOccurrence } from '../contract/trigger.ts'
import type { Times } from '../triggers/index.ts'
import { type DaysOff, NO_DAYS_OFF } from './calendars/days-off.ts'
import { before } from './instants.ts'

export interface Simulated {
  times: Times
  from: Date
  to: Date
  overlap: Overlap
  bufferLimit: number
  maxExecutions: number | null
  throttle?: Throttle | null
  /** Instants on these are skipped, and do not count against the maximum. */
  daysOff?: DaysOff
  /** How long each run takes. */
  lastsMs: number
  most: number
}

/** What stands at a moment: when the run that goes on ends, and how many wait behind it. */
interface Standing {
  endsMs: number
  waiting: number
  /** When those that were let in start, in the order in which they came. */
  starts: number[]
}

export function simulate(it: Simulated): { occurrences: SimulatedOccurrence[]; truncated: boolean } {
  const occurrences: SimulatedOccurrence[] = []
  const standing: Standing = { endsMs: Number.NEGATIVE_INFINITY, waiting: 0, starts: [] }
  const daysOff = it.daysOff ?? NO_DAYS_OFF
  let planned = 0
  let at = it.times.next(before(it.from))
  for (; at && at <= it.to && occurrences.length < it.most; at = it.times.next(at)) {
    if (it.maxExecutions !== null && planned >= it.maxExecutions) return { occurrences, truncated: false }
    const off = daysOff.at(at)
    if (!off) planned++
    const judgement = off ? skippedOn(off.why) : judged(it, at.getTime(), standing)
    occurrences.push({ at: at.toISOString(), key: at.toISOString(), ...judgement })
    if (!off && it.overlap === 'cancel_other') cancelPrevious(occurrences)
  }
  return { occurrences, truncated: at !== null && at <= it.to }
}

type Judged = Pick<SimulatedOccurrence, 'verdict' | 'reason'>
const RAN: Judged = { verdict: 'ran', reason: null }
const skippedOn = (why: string): Judged => ({ verdict: 'skipped', reason: `${why}.` })

/** As `insertOccurrences` decides it: whoever gets in takes the slot, the others wait or are skipped. */
function judged(it: Simulated, atMs: number, standing: Standing): Judged {
  const { overlap, lastsMs, throttle = null } = it
  standing.waiting = lastsMs === 0 ? 0 : waitingAt(standing, atMs, lastsMs)
  const mayStartMs = Math.max(atMs, mayStartAt(throttle, standing.starts))
  if (mayStartMs > atMs && throttle?.excess === 'skip')
    return { verdict: 'skipped', reason: 'It would have started as often as it may.' }
  if (overlap === 'allow_all' || overlap === 'cancel_other' || atMs >= standing.endsMs) {
    const superseded = overlap === 'cancel_other' && atMs < standing.endsMs
    begin(standing, mayStartMs, lastsMs)
    if (mayStartMs > atMs) return late('It has started as often as it may, and would wait', mayStartMs)
    return superseded ? { verdict: 'ran', reason: SUPERSEDES } : RAN
  }
  const room = roomIn(it)
  if (standing.waiting >= room)
    return {
      verdict: 'skipped',
      reason:
        room === 0 ? 'The run before it would still be going.' : 'Its place in the queue would be taken.',
    }
  const startsMs = Math.max(standing.endsMs, mayStartMs)
  begin(standing, startsMs, lastsMs)
  return late('It would wait for the run before it,', startsMs)
}

/** How many may stand in line behind the run that goes on. */
function roomIn({ overlap, bufferLimit }: Simulated): number {
  if (overlap === 'buffer_all') return bufferLimit
  return overlap === 'buffer_one' ? 1 : 0
}

const late = (why: string, untilMs: number): Judged => ({
  verdict: 'late',
  reason: `${why} until ${new Date(untilMs).toISOString()}.`,
})
function begin(standing: Standing, atMs: number, lastsMs: number): void {
  standing.starts.push(atMs)
  standing.endsMs = atMs + lastsMs
}

/** The last start but so many, and the time after it. */
function mayStartAt(throttle: Throttle | null, starts: readonly number[]): number {
  const first = throttle === null ? undefined : starts.at(-throttle.count)
  return throttle === null || first === undefined ? 0 : first + throttle.perSeconds * 1000
}
const SUPERSEDES = 'It would take the place of the run before it.'

/** How many of those in line have not begun yet. */
const waitingAt = ({ endsMs }: Standing, atMs: number, lastsMs: number) =>
  endsMs <= atMs ? 0 : Math.ceil((endsMs - atMs) / lastsMs) - 1

function cancelPrevious(occurrences: SimulatedOccurrence[]): void {
  const newest = occurrences.at(-1)
  const previous = occurrences.findLast((it) => it !== newest && it.verdict !== 'skipped')
  if (!previous || newest?.reason !== SUPERSEDES) return
  previous.verdict = 'cancelled'
  previous.reason = 'A newer run would take its place.'
}
