/**
 * A page of what has happened, held against the triggers that listen for it. Writes nothing.
 *
 * Promise: each event is judged in its order, and leaves a trace at each trigger that hears it; equal neighbours are
 * one with a count.
 */
import type { CallingOff } from '#db/queries/calling-off.ts'
import { foldsInto, type NewEvaluation } from '#db/queries/evaluations.ts'
import type { Occurring } from '#db/queries/occurring.ts'
import type { Store } from '#db/store.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import { refusal } from '../triggers/matching.ts'
import { calledOff, type LiveRun, runsToCallOff } from './calling-off.ts'
import type { Survey, Told } from './catching-up.ts'
import { decide, type Deciding, factOfEvent } from './deciding.ts'
import type { Caller, Ear, Ears } from './ears.ts'
import type { Interruptions } from './interruptions.ts'
import { type MissedFacts, noteMissed } from './missed.ts'
import { chainWords } from './occurring.ts'
import { slicing } from './slices.ts'

export interface Matched {
  occurring: Occurring[]
  evaluations: NewEvaluation[]
  callingOff: CallingOff[]
  /** What is missed and not caught up, by its trigger and the key of the row that says so. */
  missed: Map<string, MissedFacts>
  /** The last number of the page, where it ends before an event that calls off what the page has fired. */
  endsBefore: number | null
  /** Whose maker may no longer run agents. */
  leaving: number[]
}
export const nothing = (): Matched => ({
  ...{ occurring: [], evaluations: [], callingOff: [], missed: new Map(), leaving: [], endsBefore: null },
})

/** A page as it is looked at. */
export interface Page {
  ears: Ears
  told: Told[]
  /** How far the story was matched before it. */
  seen: number
  now: Date
  interruptions: Interruptions
  survey: Survey | null
}

export async function judged(store: Store, { ears, told, seen, ...of }: Page): Promise<Matched> {
  const matched = nothing()
  const newest = new Map<number, NewEvaluation>()
  const pause = slicing()
  const live = new Map<number, Promise<LiveRun[]>>()
  const liveOf = ({ trigger: { id }, cancelOn }: Caller) =>
    live.getOrInsertComputed(id, () => runsToCallOff(store, id, cancelOn))
  for (const { event, toldAt } of told) {
    const before = (event.id ?? 0) - 1
    const callers = ears.calling(event)
    // What the page has fired is no row yet, and a page is no larger than a transaction should be.
    const isCalledOff =
      callers.length > 0 &&
      matched.occurring.some((it) => callers.some((one) => one.trigger.id === it.triggerId))
    if (before > seen && (isCalledOff || weightOf(matched) >= MOST_AT_ONCE))
      return { ...matched, endsBefore: before }
    for (const caller of callers)
      matched.callingOff.push(...calledOff(caller.cancelOn, event, await liveOf(caller)))
    for (const ear of ears.hearing(event, toldAt)) {
      const { maxDepth } = ear.config
      const chain = event.chain.depth > maxDepth ? await chainWords(store, event.chain, maxDepth) : ''
      hold(ear, event, { ...of, toldAt, maxDepth, chain }, matched, newest)
    }
    await pause()
  }
  return matched
}

/** Of a page, what it makes: rows of a transaction. What is decided is one row, what fires has several around it. */
const MOST_AT_ONCE = 1000
const weightOf = ({ occurring, evaluations }: Matched) => occurring.length + evaluations.length / 4

/** One event against one trigger that listens for it. `newest`: what was decided last of each. */
function hold(
  { trigger, accepts }: Ear,
  event: TriggerEvent,
  { survey: surveyed, ...at }: Deciding & { toldAt: Date; survey: Survey | null },
  into: Matched,
  newest: Map<number, NewEvaluation>,
): void {
  const match = accepts(event)
  const fact = factOfEvent(event, match.trace)
  if (!match.pass) {
    note(into, newest, {
      ...lookOf(trigger.id, event),
      verdict: 'filtered',
      reason: refusal(match),
      trace: match.trace,
    })
    return
  }
  const dropped = surveyed?.dropped(trigger.id, event.id ?? 0) ?? null
  const { occurring, evaluation } = decide(trigger, fact, { ...at, isDropped: dropped !== null })
  if (occurring) into.occurring.push(occurring)
  if (evaluation.verdict === 'missed') noteMissed(into.missed, trigger, evaluation, at.toldAt, dropped ?? 1)
  note(into, newest, evaluation)
  if (trigger.ownerLeft && trigger.enabled && !into.leaving.includes(trigger.id))
    into.leaving.push(trigger.id)
}

const lookOf = (triggerId: number, { type, id }: TriggerEvent) => ({
  ...{ triggerId, source: type, eventId: id, deliveryId: null, value: null, occurrence: null },
})

/** What a filter refuses a thousand times in a page is one row of it. */
function note(into: Matched, newest: Map<number, NewEvaluation>, it: NewEvaluation): void {
  const last = newest.get(it.triggerId)
  if (last && foldsInto(last, it)) {
    Object.assign(last, it, { count: (last.count ?? 1) + 1 })
    return
  }
  newest.set(it.triggerId, it)
  into.evaluations.push(it)
}

/** Of what could not be held against its triggers, which would otherwise learn nothing of it. */
export const untold = (ears: Ears, told: readonly Told[], error: Error): NewEvaluation[] =>
  told.flatMap(({ event, toldAt }) =>
    ears.hearing(event, toldAt).map(({ trigger }) => ({
      ...{ ...lookOf(trigger.id, event), verdict: 'error' as const, trace: [] },
      reason: `This event could not be looked at, and is left out: ${error.message.slice(0, MOST_SAID)}`,
    })),
  )
const MOST_SAID = 500
