/**
 * A schedule while it is being edited.
 *
 * Promise: everything is kept as it was typed; `bodyOf` says what it means or what is in the way. A change
 * sends only what was changed, so that two people who edit different things both keep theirs.
 */
import { NO_WEBHOOK, readWebhook, type WebhookDraft, webhookDraftOf } from '#components/webhook/draft.ts'
import type { NewTriggerInput, Trigger } from '#lib/contract/trigger.ts'
import {
  type ConditionDraft,
  conditionDraftOf,
  conditionOf,
  emptyCondition,
} from '#components/condition/draft.ts'
import {
  type EventDraft,
  eventDraftOf,
  type FactsDraft,
  factsDraftOf,
  factsSet,
  NO_EVENT,
  NO_FACTS,
  readEvent,
  readFacts,
} from '#components/event/draft.ts'
import type { EventFact } from '#components/event/words.ts'
import { type ContextDraft, contextDraft, contextErrors } from '../context/draft.ts'
import { followsClock, isKindName, type KindName } from '../kinds.ts'
import { instantOf, wallOf } from '../wall-clock.ts'
import {
  inStep,
  type PolicyFacts,
  type PolicyName,
  type PolicyTexts,
  policiesOf,
  readPolicies,
  unusual,
  usualPolicies,
} from './policies.ts'

export const UNITS = [
  { value: '60', label: 'minutes' },
  { value: '3600', label: 'hours' },
  { value: '86400', label: 'days' },
  { value: '1', label: 'seconds' },
] as const
export type Unit = (typeof UNITS)[number]['value']

export interface Draft {
  name: string
  description: string
  kind: KindName
  cronExpression: string
  timezone: string
  every: string
  unit: Unit
  /** On the wall of `timezone`. */
  at: string
  event: EventDraft
  facts: FactsDraft
  webhook: WebhookDraft
  condition: ConditionDraft
  /** What a kind is set to that has no part in this form: it is kept. */
  kept: Partial<Body>
  agentId: string
  agentType: Trigger['agentType']
  /** One for each agent that was looked at, so that choosing another one and coming back loses nothing. */
  contexts: Record<string, ContextDraft>
  policies: PolicyTexts
  approvals: ApprovalDraft
}

/** What the contract knows, drawn on the server. `waiting`: the policies of kinds that gather facts. */
export interface EditorFacts {
  clock: PolicyFacts
  waiting: PolicyFacts
  events: readonly EventFact[]
}
const GATHERING: readonly string[] = ['event', 'webhook']
/** Whether a kind waits for facts that come one by one, which may be gathered. */
export const gathers = (kind: string): boolean => GATHERING.includes(kind)
export const policyFactsFor = (kind: string, facts: EditorFacts): PolicyFacts =>
  gathers(kind) ? facts.waiting : facts.clock

/** Another kind has other usual policies: those that nobody has set go along. */
export const withKind = (draft: Draft, kind: KindName, facts: EditorFacts): Partial<Draft> => ({
  kind,
  policies: inStep(draft.policies, policyFactsFor(draft.kind, facts), policyFactsFor(kind, facts)),
})

/** Who decides what its runs ask for; kept in seconds, shown in hours. */
export interface ApprovalDraft extends Omit<Trigger['approvals'], 'expireAfterSeconds'> {
  hours: string
}
const USUAL_APPROVALS: ApprovalDraft = {
  role: 'editor',
  requireOther: false,
  hours: '24',
  onExpiry: 'fail',
  holdSlot: false,
}
const HOUR_SECONDS = 3600

const approvalsOf = ({ expireAfterSeconds, ...it }: Trigger['approvals']): ApprovalDraft => ({
  ...it,
  hours: String(Number((expireAfterSeconds / HOUR_SECONDS).toFixed(4))),
})

function readApprovals({ hours, ...it }: ApprovalDraft, errors: Record<string, string>) {
  const expireAfterSeconds = Math.round(Number(hours) * HOUR_SECONDS)
  if (hours.trim() === '' || !Number.isFinite(expireAfterSeconds))
    errors['approvals.expireAfterSeconds'] = 'Write a number.'
  return { ...it, expireAfterSeconds }
}

export const contextOf = (draft: Draft): ContextDraft => draft.contexts[draft.agentId] ?? contextDraft({})

export const emptyDraft = (timezone: string, facts: EditorFacts): Draft => ({
  name: '',
  description: '',
  kind: 'schedule',
  cronExpression: '0 9 * * 1-5',
  timezone,
  every: '1',
  unit: '3600',
  at: '',
  event: NO_EVENT,
  facts: NO_FACTS,
  webhook: NO_WEBHOOK,
  condition: emptyCondition,
  kept: {},
  agentId: '',
  agentType: 'system',
  contexts: {},
  policies: usualPolicies(facts.clock),
  approvals: USUAL_APPROVALS,
})

function everyOf(seconds: number | null): Pick<Draft, 'every' | 'unit'> {
  if (seconds === null) return { every: '1', unit: '3600' }
  const unit = (['86400', '3600', '60'] as const).find((it) => seconds % Number(it) === 0) ?? '1'
  return { every: String(seconds / Number(unit)), unit }
}

/** The object of the kind's name, without how it stands, which is an answer's only. */
function keptOf(trigger: Trigger): Partial<Body> {
  const { kind } = trigger
  const own: unknown = trigger[kind as keyof Trigger]
  if (isKindName(kind) || typeof own !== 'object' || own === null) return {}
  const { state: _, ...set } = own as Record<string, unknown>
  return { [kind]: set } as Partial<Body>
}

export const draftOf = (trigger: Trigger, facts: EditorFacts): Draft => ({
  name: trigger.name,
  description: trigger.description,
  kind: trigger.kind as KindName,
  cronExpression: trigger.cronExpression ?? '',
  timezone: trigger.timezone,
  ...everyOf(trigger.everySeconds),
  at: trigger.at ? wallOf(trigger.at, trigger.timezone) : '',
  event: eventDraftOf(trigger.event, facts.events),
  facts: factsDraftOf(trigger, facts.events),
  webhook: webhookDraftOf(trigger.webhook),
  condition: trigger.condition ? conditionDraftOf(trigger.condition) : emptyCondition,
  kept: keptOf(trigger),
  agentId: trigger.agentId,
  agentType: trigger.agentType,
  contexts: { [trigger.agentId]: contextDraft(trigger.context) },
  policies: policiesOf(trigger, trigger.timezone),
  approvals: approvalsOf(trigger.approvals),
})

export const copyOf = (trigger: Trigger, facts: EditorFacts): Draft => ({
  ...draftOf(trigger, facts),
  name: `Copy of ${trigger.name}`,
})

export type Body = NewTriggerInput
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
    kind: draft.kind,
    timezone: draft.timezone,
    agentId: draft.agentId,
    agentType: draft.agentType,
    context: contextOf(draft).value,
    approvals: readApprovals(draft.approvals, errors),
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

const FIELD_OF_CLOCK: Partial<Record<KindName, string>> = {
  schedule: 'cronExpression',
  interval: 'everySeconds',
  once: 'at',
}
/** The fields of the form, by the names that the server's refusals use. */
export const isPlaced = (path: string, draft: Draft) =>
  ['name', 'description', 'timezone', 'agentId', 'agentType'].includes(path) ||
  path in draft.policies ||
  ['context', 'approvals', ...FACTS, ...(followsClock(draft.kind) ? [] : [draft.kind])].includes(
    path.split('.')[0] ?? '',
  ) ||
  path === FIELD_OF_CLOCK[draft.kind]

const FACTS: readonly string[] = ['collect', 'throttle', 'cancelOn', 'overlapKey']
/** Whether what is wrong stands in the part of the form about many events at once. */
export const concernsFacts = (errors: Record<string, string>): boolean =>
  Object.keys(errors).some((path) => path === 'event.maxDepth' || FACTS.includes(path.split('.')[0] ?? ''))
export const factsSetIn = ({ facts, kind }: Draft): number => factsSet(facts, gathers(kind))

export const concernsAdvanced = (errors: Record<string, string>, policies: PolicyTexts) =>
  errors['approvals.expireAfterSeconds'] !== undefined ||
  (Object.keys(policies) as PolicyName[]).some((name) => errors[name] !== undefined)

/** How much of what is behind the heading is not as usual. */
export const unusualParts = (draft: Draft, facts: EditorFacts): number =>
  unusual(draft.policies, policyFactsFor(draft.kind, facts)) +
  Object.entries(USUAL_APPROVALS).filter(([name, it]) => draft.approvals[name as keyof ApprovalDraft] !== it)
    .length
