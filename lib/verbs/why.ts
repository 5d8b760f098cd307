/** Why it ran, or did not: the question that a history is kept for. */
import * as kept from '#db/queries/evaluations.ts'
import { outages } from '#db/queries/upkeep.ts'
import { firstSince, following } from '#db/queries/facts.ts'
import * as calls from '#db/queries/webhooks.ts'
import * as known from '#db/queries/why.ts'
import { days, minutes, seconds } from '../clock.ts'
import { EventTrigger } from '../contract/event-trigger.ts'
import { notFound } from '../contract/problem.ts'
import type { Evaluation, EvaluationQuery } from '../contract/evaluation.ts'
import type { Verdict, Why, WhyQuery } from '../contract/why.ts'
import { type DaysOff, NO_DAYS_OFF } from '../engine/calendars/days-off.ts'
import { daysOffOf } from '../engine/calendars/known.ts'
import { evaluationsOf } from '../engine/evaluations.ts'
import { factsIn } from '../engine/facts.ts'
import { askOf } from '../engine/lanes.ts'
import { evidenceOfRun, plannedIn, why } from '../engine/why.ts'
import { whyFact } from '../engine/why-fact.ts'
import { shown } from '../recurrence/index.ts'
import { listens } from '../triggers/event.ts'
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

/** What is asked of which trigger. */
interface Asked {
  deps: Pick<Deps, 'store' | 'clock'>
  workspaceId: number
  trigger: known.KnownTrigger
}

/** How near an instant must be to what is asked for: whoever picks one picks a second. */
const NEAR_MS = seconds(1)

/** Of a trigger that waits for facts: the newest look at that instant, of whatever it was; else what occurred then. */
async function ofFactsAt(asked: Asked, at: Date): Promise<Why> {
  const { deps, trigger, workspaceId } = asked
  const { store, clock } = deps
  const look = await known.lookOf(store, trigger.id, { at: new Date(at.getTime() + NEAR_MS - 1) })
  if (look && look.lastAt > at.getTime() - NEAR_MS) return ofLook(asked, look)
  const revisions = await known.revisionsAround(store, trigger.id, at)
  const near = { from: new Date(at.getTime() - NEAR_MS + 1), to: new Date(at.getTime() + NEAR_MS) }
  const event = await heardIn(asked, near)
  if (event) return ofEvent(deps, workspaceId, trigger.id, event)
  const subject = shown(at, trigger.timezone, 'moment')
  const of = { trigger, at, now: clock.now(), ...revisions, outages: await outages(store, at) }
  return whyFact({ ...of, subject, event: null, run: null, look: null, wasMatched: true })
}

async function ofLook({ deps, trigger, workspaceId }: Asked, look: known.KnownLook): Promise<Why> {
  if (look.eventId !== null) return ofEvent(deps, workspaceId, trigger.id, look.eventId)
  if (look.deliveryId !== null) return ofDelivery(deps, workspaceId, trigger.id, look.deliveryId)
  return ofLooked(deps, trigger, look)
}

/** An event is told after it occurred: it is looked for among so many that were told then and later. */
const MOST_TOLD_AFTER = 1_000

/** The number of the first event that it listened for and that occurred then. */
async function heardIn(
  { deps: { store }, workspaceId, trigger }: Asked,
  { from, to }: { from: Date; to: Date },
): Promise<number | null> {
  const { inForce } = await known.revisionsAround(store, trigger.id, to)
  const kept = objectOf(inForce?.config ?? '{}')
  const config = kept.kind === 'event' ? EventTrigger.safeParse(objectOf(String(kept.config))) : null
  const first = config?.success ? await firstSince(store, workspaceId, from) : null
  if (first === null || !config?.success) return null
  const rows = await following(store, workspaceId, { after: first - 1, limit: MOST_TOLD_AFTER })
  const isThen = (at: number) => at >= from.getTime() && at < to.getTime()
  const event = rows
    .flatMap(factsIn)
    .find((it) => isThen(Date.parse(it.occurredAt)) && listens(config.data, it, trigger.id))
  return event?.id ?? null
}

/** At any instant, past or to come, also of a trigger that was deleted. */
export async function at(
  deps: Pick<Deps, 'store' | 'clock'>,
  workspaceId: number,
  id: number,
  given?: string | Date,
): Promise<Why> {
  const instant = given === undefined ? deps.clock.now() : new Date(given)
  const trigger = await known.trigger(deps.store, workspaceId, id)
  if (!trigger) throw notFound('schedule')
  const asked = { deps, workspaceId, trigger }
  const answer = await exactlyAt(asked, instant)
  const isAnswered = answer.executionId !== null || !NOTHING_THEN.has(answer.verdict)
  if (isAnswered || instant.getTime() % MINUTE_MS !== 0) return answer
  return (await withinMinute(asked, instant)) ?? withNearest(asked, instant, answer)
}

function exactlyAt(asked: Asked, at: Date): Promise<Why> {
  const { kind } = asked.trigger
  return followsClock(kind) || kind === CHAT ? ofInstant(asked, at) : ofFactsAt(asked, at)
}

async function ofInstant({ deps, workspaceId, trigger }: Asked, at: Date): Promise<Why> {
  const { store, clock } = deps
  const { id } = trigger
  const [around, runs, gaps] = await Promise.all([
    known.revisionsAround(store, id, at),
    known.runsAt(store, id, at),
    outages(store, at),
  ])
  const gap = runs.length === 0 ? await known.gapAt(store, id, at) : null
  const daysOff = await daysOffThen(store, workspaceId, around.inForce)
  return why({ trigger, at, now: clock.now(), ...around, runs, gap, outages: gaps, daysOff })
}

const MINUTE_MS = minutes(1)
/** Said where nothing took place at the very instant. */
const NOTHING_THEN: ReadonlySet<Verdict> = new Set(['not_planned', 'paused', 'disabled'])

/** A time without seconds is a whole minute: what it planned in it, ran in it, or heard of in it. */
async function withinMinute(asked: Asked, from: Date): Promise<Why | null> {
  const { deps, trigger, workspaceId } = asked
  const { store } = deps
  const minute = { from, to: new Date(from.getTime() + MINUTE_MS) }
  if (followsClock(trigger.kind)) {
    const { inForce } = await known.revisionsAround(store, trigger.id, minute.to)
    const planned = plannedIn({ trigger, inForce }, minute.from, minute.to)
    const answer = planned && planned > from ? await ofInstant(asked, planned) : null
    if (answer && answer.verdict !== 'not_planned') return answer
  }
  const run = (await known.runsIn(store, trigger.id, minute)).find(isOfItsMinute)
  if (run) return ofRunIn(asked, run)
  if (followsClock(trigger.kind) || trigger.kind === CHAT) return null
  const event = await heardIn(asked, minute)
  if (event !== null) return ofEvent(deps, workspaceId, trigger.id, event)
  const look = await known.lookIn(store, trigger.id, minute)
  return look && ofLook(asked, look)
}

/** What the clock planned and began long after its instant is the answer to that instant. */
const isOfItsMinute = ({ kind, scheduledFor, startedAt }: known.KnownRun) =>
  kind === 'retry' || scheduledFor === null || Number(startedAt) - scheduledFor <= MINUTE_MS

/** By what it stands for; where that is nothing that can be asked about, by itself. */
async function ofRunIn(asked: Asked, run: known.KnownRun): Promise<Why> {
  const { deps, workspaceId, trigger } = asked
  const { store, clock } = deps
  const of = askOf({ ...run, place: run.scheduledFor ?? run.queuedAt })
  // A call goes before the run that it became.
  const told = of?.at
    ? await exactlyAt(asked, new Date(of.at))
    : of && (await ask(deps, workspaceId, trigger.id, of).catch(() => null))
  if (told?.executionId === run.id) return told
  const at = new Date(run.startedAt ?? run.queuedAt)
  const [around, gaps] = await Promise.all([known.revisionsAround(store, trigger.id, at), outages(store, at)])
  return why({ trigger, at, now: clock.now(), ...around, runs: [run], gap: null, outages: gaps })
}

/** Whoever picked a time at which nothing was is shown the run that began nearest to it. */
async function withNearest({ deps: { store }, trigger }: Asked, from: Date, answer: Why): Promise<Why> {
  const to = new Date(from.getTime() + MINUTE_MS)
  const [within] = await known.runsIn(store, trigger.id, { from, to })
  const run = within ?? (await known.nearestRun(store, trigger.id, { from, to }))
  if (!run) return answer
  const nearest = evidenceOfRun(run)
  const text = `The nearest run. ${nearest.text}`
  return { ...answer, evidence: [...answer.evidence, { ...nearest, text }] }
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
