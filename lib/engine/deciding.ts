/**
 * What becomes of a fact that a trigger has looked at: it fires, is gathered, or leaves a trace of why not. Pure.
 *
 * Promise: one evaluation a fact; what fires is at most one occurrence, by the fact's own key.
 */
import { createHash } from 'node:crypto'
import type { AwaitingTrigger } from '#db/queries/due.ts'
import type { NewEvaluation } from '#db/queries/evaluations.ts'
import type { Occurring, Window } from '#db/queries/occurring.ts'
import type { Outage } from '#db/queries/upkeep.ts'
import type { EvaluationVerdict } from '../contract/evaluation.ts'
import { type Collect, MOST_DEPTH } from '../contract/event-trigger.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import { type Look, valueAt } from '../triggers/matching.ts'
import { saidOfCatchup, saidOfMissed } from './catching-up.ts'
import { type Interruptions, UNINTERRUPTED } from './interruptions.ts'
import { type Obstacle, obstacleOf } from './standing.ts'

/** A fact as it comes to a trigger. */
export interface Fact {
  /** The key of the execution that it becomes. */
  key: string
  /** The kind of that execution. */
  kind: string
  event: TriggerEvent
  /** Where it came from, in words for the log of what was decided. */
  source: string | null
  /** When it was taken in; absent: now. */
  toldAt?: Date
  deliveryId?: string
  /** The row of the call, which has become nothing yet: it counts no more once somebody else has carried it. */
  openDelivery?: number
  value?: unknown
  trace?: readonly Look[]
}

/** An event of the story as it comes to whoever waits for it. */
export const factOfEvent = (event: TriggerEvent, trace: readonly Look[]): Fact => ({
  ...{ key: `event:${event.id}`, kind: 'event', event, source: event.type, trace },
})

export interface Decided {
  occurring: Occurring | null
  evaluation: NewEvaluation
}

export interface Deciding {
  now: Date
  /** The deepest that a chain may lie. */
  maxDepth: number
  /** The names of a chain that lies too deep. */
  chain?: string
  /** When it was told of; absent: now. */
  toldAt?: Date
  /** What kept it from being heard then. */
  interruptions?: Interruptions
  /** It was missed, and is not caught up. */
  isDropped?: boolean
}

const collectOf = ({ collect }: AwaitingTrigger): Collect | null => {
  try {
    return collect === null ? null : (JSON.parse(collect) as Collect)
  } catch {
    return null
  }
}

export function decide(trigger: AwaitingTrigger, fact: Fact, at: Deciding): Decided {
  const { now, maxDepth, chain } = at
  const say = (
    verdict: EvaluationVerdict,
    reason: string | null,
    occurrence: string | null,
  ): NewEvaluation => ({
    triggerId: trigger.id,
    source: fact.source,
    eventId: fact.event.id,
    deliveryId: fact.deliveryId ?? null,
    value: fact.value ?? null,
    verdict,
    reason,
    trace: fact.trace ?? [],
    occurrence,
  })
  const { toldAt = now, interruptions = UNINTERRUPTED } = at
  const obstacle = keptFrom(trigger, toldAt, interruptions)
  if (obstacle?.code === 'owner_left') {
    const reason = `Skipped: ${obstacle.why}.`
    const occurring = skipped(trigger, fact, now, { reason, reasonCode: obstacle.code, notice: reason })
    return { occurring, evaluation: say('paused', reason, fact.key) }
  }
  if (obstacle) return { occurring: null, evaluation: say('paused', `${capital(obstacle.why)}.`, null) }
  const outside = outsideOf(trigger, now)
  if (outside) return { occurring: null, evaluation: say('filtered', outside, null) }
  if (fact.event.chain.depth > maxDepth) {
    const reason = `Skipped: it lies ${fact.event.chain.depth} runs deep in a chain, and may lie ${maxDepth}${chain ? `: ${chain}` : ''}.`
    // A row that is skipped is a fact, too. What only such rows have caused leaves no other, or two schedules that
    // wait for what is skipped of each other would never end.
    const isEnd = fact.event.chain.depth > MOST_DEPTH + 1
    if (isEnd) return { occurring: null, evaluation: say('depth', reason, null) }
    return {
      occurring: skipped(trigger, fact, now, { reason, reasonCode: 'depth', notice: null }),
      evaluation: say('depth', reason, fact.key),
    }
  }
  const outage = interruptions.outage(toldAt)
  if (outage && at.isDropped) {
    const reason = saidOfMissed(trigger, outage, now)
    return { occurring: null, evaluation: say('missed', reason, missedKey(outage)) }
  }
  const occurring = fired(trigger, fact, now, outage && saidOfCatchup(trigger, toldAt))
  return {
    occurring,
    evaluation: say(occurring.window ? 'collected' : 'fired', null, occurring.occurrence.key),
  }
}

/** One row an outage stands for all that is not caught up. */
export const missedKey = ({ startedAt }: Outage) => `missed:${startedAt.toISOString()}`

/** Its pause may have ended by itself before the fact came, though nobody has said so in its row yet. */
function keptFrom(trigger: AwaitingTrigger, toldAt: Date, interruptions: Interruptions): Obstacle | null {
  const { pausedUntil } = trigger
  const isOver = !trigger.enabled && pausedUntil !== null && toldAt.getTime() >= pausedUntil
  const obstacle = obstacleOf(isOver ? { ...trigger, enabled: true } : trigger)
  if (obstacle) return obstacle
  const pause = interruptions.pause(toldAt)
  return pause && { code: 'paused', why: `everything was paused (${pause.reason})` }
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

function outsideOf({ startsAt, endsAt }: AwaitingTrigger, now: Date): string | null {
  if (startsAt !== null && now.getTime() < startsAt)
    return `It begins at ${new Date(startsAt).toISOString()}.`
  if (endsAt !== null && now.getTime() > endsAt) return `It ended at ${new Date(endsAt).toISOString()}.`
  return null
}

const plain = ({ key, kind, event }: Fact, now: Date) => ({
  key,
  kind,
  scheduledFor: null,
  availableAt: now,
  isCatchup: false,
  overlapReason: 'Skipped: another run was still going.',
  missedFrom: null,
  missedTo: null,
  missedCount: null,
  events: [event],
  chain: event.chain,
})

function skipped(
  { id, overlap }: AwaitingTrigger,
  fact: Fact,
  now: Date,
  why: { reason: string; reasonCode: 'depth' | 'owner_left'; notice: string | null },
): Occurring {
  const occurrence = { ...plain(fact, now), status: 'skipped' as const, ...why }
  return { triggerId: id, overlap, oneByOne: false, window: null, occurrence }
}

/** `catchesUp`: what it says where it makes good for a missed one. */
function fired(trigger: AwaitingTrigger, fact: Fact, now: Date, catchesUp: string | null): Occurring {
  const { id: triggerId, overlap } = trigger
  const collect = collectOf(trigger)
  const occurrence = {
    ...plain(fact, now),
    status: 'queued' as const,
    isCatchup: catchesUp !== null,
    counts: trigger.maxExecutions !== null,
    reason: catchesUp,
    reasonCode: null,
    notice: null,
    // A window of one value, which may gather for days, holds up no other's run.
    lane: laneOf(triggerId, trigger.overlapKey ?? collect?.key ?? null, fact.event),
  }
  const oneByOne = overlap === 'cancel_other' || trigger.throttle !== null
  if (!collect || collect.maxEvents <= 1) return { triggerId, overlap, oneByOne, window: null, occurrence }
  const window = windowOf(collect, fact.event)
  const until = new Date(now.getTime() + collect.maxSeconds * 1000)
  const closes =
    now.getTime() + Math.min(window.quietMs ?? Number.POSITIVE_INFINITY, collect.maxSeconds * 1000)
  return {
    triggerId,
    overlap,
    oneByOne,
    window,
    occurrence: {
      ...occurrence,
      key: `window:${fact.event.id ?? fact.key}`,
      availableAt: new Date(closes),
      collecting: { key: window.key, until },
    },
  }
}

/** What stands at the path, as text; whatever has nothing there is gathered together. */
const valueText = (path: string | undefined | null, event: TriggerEvent) =>
  path ? JSON.stringify(valueAt(path, event) ?? null) : ''

export const windowOf = (collect: Collect, event: TriggerEvent): Window => ({
  key: digest(valueText(collect.key, event)),
  quietMs: collect.quietSeconds === undefined ? null : collect.quietSeconds * 1000,
  maxEvents: collect.maxEvents,
  keep: collect.keep,
})

const digest = (text: string) =>
  text.length <= 64 ? text : createHash('sha256').update(text).digest('base64url')

/** A slot of its own for each value: a negative number, for those of triggers themselves are their ids. */
function laneOf(id: number, path: string | null, event: TriggerEvent): number | null {
  if (path === null) return null
  const hash = createHash('sha256')
    .update(`${id} ${valueText(path, event)}`)
    .digest()
  return -1 - Number(hash.readBigUInt64BE() & 0xf_ffff_ffff_ffffn)
}
