/**
 * Why a fact fired a trigger, or did not: one sentence that is true of what was in force then. Pure.
 *
 * Promise: an answer for every event of the story; what rows say stands above what is computed. Where equal looks were
 * kept as one, the event is held again against the revision of then.
 */
import type { KnownLook, KnownRun } from '#db/queries/why.ts'
import { EventTrigger } from '../contract/event-trigger.ts'
import type { EvaluationVerdict } from '../contract/evaluation.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import type { Evidence, Verdict, Why } from '../contract/why.ts'
import { listens } from '../triggers/event.ts'
import { accepting, type Row } from '../triggers/index.ts'
import { type Look, refusal } from '../triggers/matching.ts'
import {
  evidenceOf,
  type Facts,
  type Judged,
  ofRun,
  ofSwitch,
  pauseOfAll,
  say,
  untilOf,
  withoutDot,
} from './why.ts'

export interface FactsOfFact extends Omit<Facts, 'runs' | 'gap' | 'subject'> {
  subject: string
  /** Null: a call, or nothing that happened at that instant. */
  event: TriggerEvent | null
  run: KnownRun | null
  look: KnownLook | null
  /** The row that stands for what was missed or held around it. */
  gap?: KnownRun | null
  /** Triggers were held against it. */
  wasMatched: boolean
}

export function whyFact(given: FactsOfFact): Why {
  const facts: Facts = { ...given, runs: given.run ? [given.run] : [], gap: null }
  const { verdict, text, run, trace = [] } = judged(given, facts)
  const { event } = given
  return {
    verdict,
    answer: text,
    executionId: run?.id ?? null,
    evidence: [
      ...evidenceOf(facts, run),
      ...(event ? [evidenceOfEvent(event)] : []),
      ...trace.map((it) => evidenceOfLook(it, given.at)),
    ],
  }
}

type Answer = Judged & { trace?: readonly Look[] }

function judged(given: FactsOfFact, facts: Facts): Answer {
  const { trigger, at, event, run, look, gap, subject } = given
  if (run) return ofRun(facts, run)
  const madeAt = new Date(trigger.createdAt)
  if (at < madeAt)
    return no('not_planned', `${subject} was not heard: the schedule was made at ${say(facts, madeAt)}.`)
  if (trigger.deletedAt !== null && at.getTime() > trigger.deletedAt)
    return no(
      'deleted',
      `${subject} was not heard any more: the schedule was deleted at ${say(facts, new Date(trigger.deletedAt))}.`,
    )
  if (look?.verdict === 'missed' && gap) return ofRun(facts, gap)
  if (look) return ofLook(given, look)
  if (!given.wasMatched) return no('queued', `${subject} is not looked at yet: it waits for its turn.`)
  return event ? heldAgain(given, facts, event) : ofNothing(given, facts)
}

const no = (verdict: Verdict, text: string, trace?: readonly Look[]): Answer => ({
  verdict,
  text,
  ...(trace && { trace }),
})

const OF_LOOKS: Record<EvaluationVerdict, Verdict> = {
  fired: 'ran',
  collected: 'skipped',
  duplicate: 'skipped',
  filtered: 'filtered',
  not_true: 'filtered',
  pending: 'waiting',
  cooldown: 'skipped',
  rate_limited: 'skipped',
  paused: 'paused',
  missed: 'missed',
  depth: 'skipped',
  calendar: 'skipped',
  error: 'missed',
}

function ofLook({ subject, trigger }: FactsOfFact, { verdict, reason, trace }: KnownLook): Answer {
  const looks = JSON.parse(trace) as Look[]
  const because = reason ? ` ${withoutDot(reason)}.` : ''
  if (verdict === 'paused' && trigger.pausedAt === null && trigger.disabledReason !== null)
    return no('disabled', `${subject} did not fire.${because}`)
  if (verdict === 'filtered')
    return no('filtered', `${subject} did not fire: ${withValue(looks, reason)}`, looks)
  if (verdict === 'fired') return no('ran', `${subject} fired; its run is no longer kept.`, looks)
  if (verdict === 'collected')
    return no('skipped', `${subject} was gathered, and a later one took its place.`, looks)
  return no(OF_LOOKS[verdict], `${subject} did not fire.${because}`, looks)
}

const said = (it: unknown) => (it === undefined ? 'nothing' : JSON.stringify(it).slice(0, 200))
/** The reason is the same for all that one comparison refuses: what was there stands in the looks. */
function withValue(looks: readonly Look[], reason: string | null): string {
  const decided = looks.find((it) => reason?.startsWith(`${it.path} should `) && reason.includes(opOf(it)))
  if (!decided || !reason) return reason ?? 'it is not as the filter wants it.'
  return `${decided.path} is ${said(decided.actual)}, and${reason.slice(decided.path.length)}`
}
const opOf = ({ op }: Look) => ` be ${op.replaceAll('_', ' ')} `

/** As the revision of then would have looked at it. */
function heldAgain(given: FactsOfFact, facts: Facts, event: TriggerEvent): Answer {
  const { subject, inForce, trigger } = given
  const row = rowOf(given)
  if (!row || !inForce)
    return no('not_planned', `${subject} was not heard: what was in force then cannot be read.`)
  const until = untilOf(facts, ['kind', 'config'])
  const config = row.kind === 'event' ? EventTrigger.safeParse(JSON.parse(row.config)) : null
  if (!config?.success)
    return no('not_planned', `${subject} was not heard: ${until}the schedule waited for no event.`)
  if (!listens(config.data, event, trigger.id)) {
    const types = config.data.types.join(', ')
    return no(
      'not_planned',
      `${subject} is ${event.type}: ${until}the schedule listened for ${types} of others.`,
    )
  }
  if (!row.enabled) return ofSwitch(facts)
  const match = accepting(row)(event)
  const { pass, trace } = match
  if (!pass) return no('filtered', `${subject} did not fire: ${withValue(trace, refusal(match))}`, trace)
  // Equal looks are one row, which names the last of them only.
  if (given.gap) return { ...ofRun(facts, given.gap), trace }
  return no('ran', `${subject} fired; its run is no longer kept.`, trace)
}

function rowOf({ inForce, trigger }: FactsOfFact): (Row & { enabled: boolean }) | null {
  try {
    return inForce && { ...JSON.parse(inForce.config), createdAt: trigger.createdAt }
  } catch {
    return null
  }
}

/** At an instant at which nothing was looked at. */
function ofNothing(given: FactsOfFact, facts: Facts): Answer {
  const { at, now, subject, trigger } = given
  const isOff = rowOf(given)?.enabled === false || (at > now && !trigger.enabled)
  if (isOff) return ofSwitch(facts)
  const pause = at > now ? pauseOfAll(facts) : null
  if (pause) return pause
  if (at > now)
    return no('future', `${subject} is still to come: whether it fires then depends on what happens.`)
  return no('not_planned', `At ${subject} nothing happened that the schedule waits for.`)
}

const evidenceOfEvent = (it: TriggerEvent): Evidence => ({
  kind: 'event',
  at: it.occurredAt,
  text: `${it.type}, by ${it.actor.name}`,
  ref: it.id === null ? null : String(it.id),
})
const evidenceOfLook = ({ path, op, expected, actual, pass }: Look, at: Date): Evidence => ({
  kind: 'comparison',
  at: at.toISOString(),
  text: `${path} ${op} ${said(expected)}: ${said(actual)}, ${pass ? 'so' : 'not so'}`,
  ref: path,
})
