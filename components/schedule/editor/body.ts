/**
 * What a schedule means that is being edited, or what is in the way: loaded when it is saved. A change sends only what
 * was changed, so that two people who edit different things both keep theirs.
 */
import type { ConditionDraft } from '#components/condition/draft.ts'
import { conditionOf } from '#components/condition/reading.ts'
import { readEvent, readFacts } from '#components/event/reading.ts'
import type { EventFact } from '#components/event/words.ts'
import { readWebhook } from '#components/webhook/reading.ts'
import { contextErrors } from '../context/draft.ts'
import { readDemands } from '../demands/reading.ts'
import { followsClock } from '../kinds.ts'
import { instantOf } from '../wall-clock.ts'
import {
  type ApprovalDraft,
  type Body,
  contextOf,
  type Draft,
  type EditorFacts,
  gathers,
  HOUR_SECONDS,
  policyFactsFor,
} from './draft.ts'
import { readPolicies } from './policies-reading.ts'

function readApprovals({ hours, ...it }: ApprovalDraft, errors: Record<string, string>) {
  const expireAfterSeconds = Math.round(Number(hours) * HOUR_SECONDS)
  if (hours.trim() === '' || !Number.isFinite(expireAfterSeconds))
    errors['approvals.expireAfterSeconds'] = 'Write a number.'
  return { ...it, expireAfterSeconds }
}

export const tagsIn = (text: string): string[] =>
  text
    .split(',')
    .map((it) => it.trim())
    .filter(Boolean)

export interface Made {
  body: Body
  errors: Record<string, string>
}

function readCondition(draft: ConditionDraft, errors: Record<string, string>) {
  const { condition, errors: told } = conditionOf(draft)
  for (const [path, message] of Object.entries(told)) errors[`condition.${path}`] = message
  return condition
}

function whenOf(draft: Draft, events: readonly EventFact[], errors: Record<string, string>): Partial<Body> {
  switch (draft.kind) {
    case 'schedule':
      return { cronExpression: draft.cronExpression.trim() }
    case 'interval': {
      const everySeconds = Number(draft.every) * Number(draft.unit)
      if (draft.every.trim() === '' || !Number.isFinite(everySeconds))
        errors.everySeconds = 'Write how often, as a number.'
      else if (everySeconds < 1) errors.everySeconds = `It must be more than ${draft.every}.`
      return { everySeconds }
    }
    case 'once': {
      const at = instantOf(draft.at, draft.timezone)
      if (at) return { at }
      errors.at = 'Choose a date and a time.'
      return {}
    }
    case 'event':
      return { event: readEvent(draft.event, events, errors) }
    case 'webhook':
      return { webhook: readWebhook(draft.webhook, errors) }
    case 'condition':
      return { condition: readCondition(draft.condition, errors) }
    default:
      return draft.kept
  }
}

/**
 * The body is to be sent only when there are no errors: what can be seen here is said at once, so that the server
 * finds little to add. `initial`: how the form was opened; a moment that stood there already may be past.
 */
export function bodyOf(draft: Draft, facts: EditorFacts, initial?: Draft): Made {
  const policies = readPolicies(draft.policies, policyFactsFor(draft.kind, facts), draft.timezone)
  const errors = { ...policies.errors, ...contextErrors(contextOf(draft)) }
  if (draft.name.trim() === '') errors.name = 'Give it a name.'
  if (draft.agentId === '') errors.agentId = 'Choose who does the work.'
  const when = whenOf(draft, facts.events, errors)
  if (when.at && draft.at !== initial?.at && Date.parse(when.at) <= Date.now())
    errors.at = 'That is past. Choose a moment to come.'
  const body = {
    name: draft.name.trim(),
    description: draft.description,
    tags: tagsIn(draft.tags),
    kind: draft.kind,
    timezone: draft.timezone,
    agentId: draft.agentId,
    agentType: draft.agentType,
    context: contextOf(draft).value,
    calendars: followsClock(draft.kind) ? [...draft.calendars] : [],
    approvals: readApprovals(draft.approvals, errors),
    ...readDemands(draft.demands, errors),
    ...readFacts(draft.facts, gathers(draft.kind), facts.events, errors),
    ...when,
    ...policies.values,
  } as Body
  return { body, errors }
}

export const changed = (before: Body, after: Body): Partial<Body> =>
  Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof Body]),
    ),
  )
