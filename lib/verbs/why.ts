/** Why it ran, or did not: the question that a history is kept for. */
import * as kept from '#db/queries/evaluations.ts'
import { outages } from '#db/queries/upkeep.ts'
import { following } from '#db/queries/facts.ts'
import * as calls from '#db/queries/webhooks.ts'
import * as known from '#db/queries/why.ts'
import { days, seconds } from '../clock.ts'
import { notFound } from '../contract/problem.ts'
import type { Evaluation, EvaluationQuery } from '../contract/evaluation.ts'
import type { Why, WhyQuery } from '../contract/why.ts'
import { type DaysOff, NO_DAYS_OFF } from '../engine/calendars/days-off.ts'
import { daysOffOf } from '../engine/calendars/known.ts'
import { evaluationsOf } from '../engine/evaluations.ts'
import { factsIn } from '../engine/facts.ts'
import { why } from '../engine/why.ts'
import { whyFact } from '../engine/why-fact.ts'
import { shown } from '../recurrence/index.ts'
import { CHAT, followsClock } from '../triggers/index.ts'
import type { z } from 'zod'
import type { Deps } from './deps.ts'
import { objectOf } from './showing.ts'

/** Of an instant, an event or a delivery; without any, of now. */
export async function ask(
  deps: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
  query: z.infer<typeof WhyQuery>,
): Promise<Why> {
  if (query.eventId !== undefined) return ofEvent(deps, workspaceId, id, query.eventId)
  if (query.deliveryId !== undefined) return ofDelivery(deps, workspaceId, id, query.deliveryId)
  return at(deps, workspaceId, id, query.at)
}

/** Why an event fired it, or did not. */
async function ofEvent(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
  eventId: number,
): Promise<Why> {
  const trigger = await known.trigger(store, workspaceId, id)
  if (!trigger) throw notFound('schedule')
  const [[row], look, story] = await Promise.all([
    following(store, workspaceId, { after: eventId - 1, limit: 1 }),
    known.lookOf(store, id, { eventId }),
    known.storyOf(store, workspaceId),
  ])
  const run = await known.runOfEvent(store, id, eventId, look)
  const event = row ? (factsIn(row).find((it) => it.id === eventId) ?? null) : null
  if (!event && !run && !look) throw notFound('event')
  const toldAt = new Date(row?.at ?? look?.firstAt ?? run?.queuedAt ?? clock.now())
  const [revisions, gap] = await Promise.all([
    known.revisionsAround(store, id, toldAt),
    run ? null : gapOf(store, id, look, toldAt),
  ])
  const wasMatched = eventId <= story.matchedSeq
  const of = { trigger, at: toldAt, now: clock.now(), ...revisions, outages: [] }
  return whyFact({ ...of, subject: `Event ${eventId}`, event, run, look, gap, wasMatched })
}

/** The row that counts it among others: the one that its look names, or the one of its time. */
const gapOf = (store: Deps['store'], id: number, look: known.KnownLook | null, toldAt: Date) =>
  look?.verdict === 'missed' && look.occurrence !== null
    ? known.runOfKey(store, id, look.occurrence)
    : known.gapAt(store, id, toldAt)

async function ofDelivery(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
  deliveryId: string,
): Promise<Why> {
  const trigger = await known.trigger(store, workspaceId, id)
  if (!trigger) throw notFound('schedule')
  // Not the evaluations: equal ones are one row, which names the last of its calls alone.
  const call = await calls.get(store, id, deliveryId)
  if (!call) throw notFound('delivery')
  const at = new Date(call.receivedAt)
  const [revisions, run] = await Promise.all([
    known.revisionsAround(store, id, at),
    call.executionId === null ? null : known.runOfId(store, id, call.executionId),
  ])
  const of = { trigger, at, now: clock.now(), ...revisions, outages: [] }
  const wasMatched = call.verdict !== null
  const subject = `Delivery ${deliveryId}`
  return whyFact({ ...of, subject, event: null, run, look: lookOf(call), wasMatched })
}

const AS_LOOKS = { accepted: 'fired', refused: 'filtered' } as const
/** What the log says of a call, as evaluations say it. */
function lookOf({ verdict, reason, trace, deliveryId, receivedAt, status }: calls.DeliveryRow) {
  if (verdict === null) return null
  const why = verdict === 'refused' ? `it was refused with ${status}. ${reason ?? ''}`.trim() : reason
  return {
    ...{ eventId: null, deliveryId, occurrence: null, trace, firstAt: receivedAt, lastAt: receivedAt },
    verdict: verdict === 'accepted' || verdict === 'refused' ? AS_LOOKS[verdict] : verdict,
    reason: why,
  }
}

/** Of a look at a value. */
async function ofLooked(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  trigger: known.KnownTrigger,
  look: known.KnownLook,
): Promise<Why> {
  const lookedAt = new Date(look.lastAt)
  const [revisions, run] = await Promise.all([
    known.revisionsAround(store, trigger.id, lookedAt),
    look.occurrence === null ? null : known.runOfKey(store, trigger.id, look.occurrence),
  ])
  const of = { trigger, at: lookedAt, now: clock.now(), ...revisions, outages: [] }
  return whyFact({ ...of, subject: 'The check', event: null, run, look, wasMatched: true })
}

/** How near an instant must be to what is asked for: whoever picks one picks a second. */
const NEAR_MS = seconds(1)

/** Of a trigger that waits for facts: the newest look at that instant, of whatever it was. */
async function ofFactsAt(
  deps: Pick<Deps, 'store' | 'clock'>,
  trigger: known.KnownTrigger,
  workspaceId: number,
  at: Date,
): Promise<Why> {
  const { store, clock } = deps
  const look = await known.lookOf(store, trigger.id, { at: new Date(at.getTime() + NEAR_MS - 1) })
  if (look && look.lastAt > at.getTime() - NEAR_MS) {
    if (look.eventId !== null) return ofEvent(deps, workspaceId, trigger.id, look.eventId)
    if (look.deliveryId !== null) return ofDelivery(deps, workspaceId, trigger.id, look.deliveryId)
    return ofLooked(deps, trigger, look)
  }
  const revisions = await known.revisionsAround(store, trigger.id, at)
  const subject = shown(at, trigger.timezone, 'moment')
  const of = { trigger, at, now: clock.now(), ...revisions, outages: [] }
  return whyFact({ ...of, subject, event: null, run: null, look: null, wasMatched: true })
}

/** At any instant, past or to come, also of a trigger that was deleted. */
export async function at(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
  given?: string | Date,
): Promise<Why> {
  const now = clock.now()
  const instant = given === undefined ? now : new Date(given)
  const trigger = await known.trigger(store, workspaceId, id)
  if (!trigger) throw notFound('schedule')
  if (!followsClock(trigger.kind) && trigger.kind !== CHAT)
    return ofFactsAt({ store, clock }, trigger, workspaceId, instant)
  const [around, runs, gaps] = await Promise.all([
    known.revisionsAround(store, id, instant),
    known.runsAt(store, id, instant),
    outages(store, instant),
  ])
  const gap = runs.length === 0 ? await known.gapAt(store, id, instant) : null
  const daysOff = await daysOffThen(store, workspaceId, around.inForce)
  return why({ trigger, at: instant, now, ...around, runs, gap, outages: gaps, daysOff })
}

/** By the calendars that the revision names, as they are known now. */
async function daysOffThen(
  store: Deps['store'],
  workspaceId: number,
  inForce: known.KnownRevision | null,
): Promise<DaysOff> {
  const { calendars, timezone } = objectOf(inForce?.config ?? '{}')
  if (typeof calendars !== 'string' || typeof timezone !== 'string') return NO_DAYS_OFF
  const of = { workspaceId, timezone, calendars }
  return (await daysOffOf(store, [of]))(of)
}

const MOST_EVALUATIONS = 500
async function ofFacts(
  store: Deps['store'],
  id: number,
  { verdict, from, to }: z.infer<typeof EvaluationQuery>,
): Promise<Evaluation[]> {
  const rows = await kept.list(store, id, {
    verdict: verdict ?? null,
    from: from ? new Date(from) : null,
    to: to ? new Date(to) : null,
    limit: MOST_EVALUATIONS,
  })
  return rows.map((row) => ({
    ...row,
    firstAt: new Date(row.firstAt).toISOString(),
    lastAt: new Date(row.lastAt).toISOString(),
    value: row.value === null ? null : JSON.parse(row.value),
    trace: JSON.parse(row.trace),
  }))
}

const EVALUATIONS_KEPT_MS = days(30)

/** What it decided at each of its instants of the last 30 days, the newest first. */
export async function evaluations(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
  { verdict, from, to }: z.infer<typeof EvaluationQuery> = {},
): Promise<Evaluation[]> {
  const trigger = await known.trigger(store, workspaceId, id)
  if (!trigger) throw notFound('schedule')
  if (!followsClock(trigger.kind)) return ofFacts(store, id, { verdict, from, to })
  const now = clock.now()
  const since = new Date(now.getTime() - EVALUATIONS_KEPT_MS)
  const rows = await known.decisions(store, id, {
    since,
    from: from ? new Date(from) : new Date(0),
    to: to ? new Date(to) : now,
  })
  return evaluationsOf(rows).filter((it) => verdict === undefined || it.verdict === verdict)
}
