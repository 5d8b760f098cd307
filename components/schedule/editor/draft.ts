/**
 * A schedule while it is being edited.
 *
 * Promise: everything is kept as it was typed; `body.ts` says what it means or what is in the way.
 */
import { NO_WEBHOOK, type WebhookDraft } from '#components/webhook/draft.ts'
import type { NewTriggerInput, Trigger } from '#lib/contract/trigger.ts'
import { type ConditionDraft, emptyCondition } from '#components/condition/draft.ts'
import { type EventDraft, type FactsDraft, factsSet, NO_EVENT, NO_FACTS } from '#components/event/draft.ts'
import type { EventFact } from '#components/event/words.ts'
import { type ContextDraft, contextDraft } from '../context/draft.ts'
import { type DemandsDraft, demandsOf } from '../demands/draft.ts'
import { followsClock, isKindName, type KindName } from '../kinds.ts'
import { wallOf } from '../wall-clock.ts'
import {
  inStep,
  type PolicyFacts,
  type PolicyName,
  type PolicyTexts,
  policiesOf,
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
  /** With commas between them. */
  tags: string
  kind: KindName
  cronExpression: string
  timezone: string
  every: string
  unit: Unit
  /** On the wall of `timezone`. */
  at: string
  /** Ids: on their days it does not run. */
  calendars: readonly number[]
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
  demands: DemandsDraft
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
export const HOUR_SECONDS = 3600

const approvalsOf = ({ expireAfterSeconds, ...it }: Trigger['approvals']): ApprovalDraft => ({
  ...it,
  hours: String(Number((expireAfterSeconds / HOUR_SECONDS).toFixed(4))),
})

export const contextOf = (draft: Draft): ContextDraft => draft.contexts[draft.agentId] ?? contextDraft({})

export const emptyDraft = (timezone: string, facts: EditorFacts): Draft => ({
  name: '',
  description: '',
  tags: '',
  kind: 'schedule',
  cronExpression: '0 9 * * 1-5',
  timezone,
  every: '1',
  unit: '3600',
  at: '',
  calendars: [],
  ...NOTHING_OWN,
  kept: {},
  agentId: '',
  agentType: 'system',
  contexts: {},
  policies: usualPolicies(facts.clock),
  approvals: USUAL_APPROVALS,
  demands: demandsOf({}),
})

export function everyOf(seconds: number | null): Pick<Draft, 'every' | 'unit'> {
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

/** What only some schedules have: opened by `own.ts`, which the others do not load. */
export type Own = Pick<Draft, 'event' | 'facts' | 'webhook' | 'condition'>
export const NOTHING_OWN: Own = {
  event: NO_EVENT,
  facts: NO_FACTS,
  webhook: NO_WEBHOOK,
  condition: emptyCondition,
}
export const hasOwn = ({ kind, collect, throttle, cancelOn, overlapKey }: Trigger): boolean =>
  !followsClock(kind) || [collect, throttle, cancelOn, overlapKey].some((it) => it !== null)

export const draftOf = (trigger: Trigger, own: Own): Draft => ({
  name: trigger.name,
  description: trigger.description,
  tags: trigger.tags.join(', '),
  kind: trigger.kind as KindName,
  cronExpression: trigger.cronExpression ?? '',
  timezone: trigger.timezone,
  ...everyOf(trigger.everySeconds),
  at: trigger.at ? wallOf(trigger.at, trigger.timezone) : '',
  calendars: trigger.calendars,
  ...own,
  kept: keptOf(trigger),
  agentId: trigger.agentId,
  agentType: trigger.agentType,
  contexts: { [trigger.agentId]: contextDraft(trigger.context) },
  policies: policiesOf(trigger, trigger.timezone),
  approvals: approvalsOf(trigger.approvals),
  demands: demandsOf(trigger),
})

export const copyOf = (trigger: Trigger, own: Own): Draft => ({
  ...draftOf(trigger, own),
  name: `Copy of ${trigger.name}`,
})

export type Body = NewTriggerInput
const FIELD_OF_CLOCK: Partial<Record<KindName, string>> = {
  schedule: 'cronExpression',
  interval: 'everySeconds',
  once: 'at',
}
/** The fields of the form, by the names that the server's refusals use. */
export const isPlaced = (path: string, draft: Draft) =>
  ['name', 'description', 'timezone', 'agentId', 'agentType'].includes(path) ||
  path.split('.')[0] === 'tags' ||
  path in draft.policies ||
  [
    'context',
    'approvals',
    'onlyIf',
    'expect',
    ...FACTS,
    ...(followsClock(draft.kind) ? [] : [draft.kind]),
  ].includes(path.split('.')[0] ?? '') ||
  path === FIELD_OF_CLOCK[draft.kind] ||
  (path === 'calendars' && followsClock(draft.kind))

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
