/**
 * A trigger says when an agent runs. A *schedule* is a trigger that
 * follows the clock: the kinds `schedule` (cron), `interval` and `once`; the others wait for facts.
 *
 * The policies stand here once; the form, the API, its documentation and the engine read them from this file.
 */
import { z } from 'zod'
import { ApprovalRule } from './approval.ts'
import { MOST_BARS } from './bars.ts'
import { MOST_NAMED } from './calendar.ts'
import { Breaker } from './breaker.ts'
import { ConditionState, ConditionTrigger, OnlyIf } from './condition-trigger.ts'
import { CancelOn, Collect, EventPath, EventTrigger, Throttle } from './event-trigger.ts'
import { EvaluationVerdict, Trace } from './evaluation.ts'
import { Status } from './execution.ts'
import { Actor, TriggerEvent } from './trigger-event.ts'
import { WebhookConfig } from './webhook-trigger.ts'
import { Expect } from './expectation.ts'
import { Key, keyField } from './exchange.ts'
import { Context, Instant, InstantIn, Line, optional, PageQuery, Prose } from './fields.ts'

export const CLOCK_KINDS = ['schedule', 'interval', 'once'] as const
export type ClockKind = (typeof CLOCK_KINDS)[number]

export const AgentType = z.enum(['system', 'imported', 'custom'])
export type AgentType = z.infer<typeof AgentType>

export const Misfire = z.enum(['latest', 'skip', 'all'])
export type Misfire = z.infer<typeof Misfire>
export const Overlap = z.enum(['skip', 'buffer_one', 'buffer_all', 'cancel_other', 'allow_all'])
export type Overlap = z.infer<typeof Overlap>
export const Post = z.enum(['always', 'on_change', 'on_failure', 'when_notable'])
export type Post = z.infer<typeof Post>

const DAY_SECONDS = 86_400
const count = (least: number, most: number) => z.number().int().min(least).max(most)

/**
 * What decides about late, overlapping, failing and expiring
 * runs. Names, defaults and limits are the contract's.
 */
export const POLICIES = {
  misfire: Misfire.default('latest').meta({
    description: 'What becomes of instants missed while the server was away.',
  }),
  maxCatchup: count(1, 100)
    .default(10)
    .meta({ description: 'With misfire "all": how many missed instants run at the most.' }),
  catchupWindow: count(0, 366 * DAY_SECONDS)
    .default(DAY_SECONDS)
    .meta({ description: 'Seconds after which a missed instant is no longer caught up.' }),
  overlap: Overlap.default('skip').meta({
    description: 'What happens when a run is due while the last one still goes on.',
  }),
  bufferLimit: count(1, 1000)
    .default(100)
    .meta({ description: 'With overlap "buffer_all": how many runs may wait.' }),
  timeoutSeconds: count(1, DAY_SECONDS)
    .default(300)
    .meta({ description: 'A run that takes longer is stopped.' }),
  retries: count(0, 20)
    .default(0)
    .meta({ description: 'How often a run that failed for a transient reason is tried again.' }),
  jitterSeconds: count(0, 3600)
    .default(0)
    .meta({ description: 'Spreads starts over so many seconds; the offset of one trigger never changes.' }),
  startsAt: InstantIn.nullable().default(null).meta({ description: 'No run before this instant.' }),
  endsAt: InstantIn.nullable().default(null).meta({ description: 'No run after this instant.' }),
  maxExecutions: count(1, 1_000_000)
    .nullable()
    .default(null)
    .meta({ description: 'Ends after so many planned runs.' }),
  priority: count(-100, 100)
    .default(0)
    .meta({ description: 'Higher runs first when runs wait for a free slot.' }),
  post: Post.default('always').meta({ description: 'When the result is posted to the chat.' }),
  disableAfterFailures: count(1, 1000)
    .default(5)
    .meta({ description: 'Switched off after so many failures in a row …' }),
  disableBelowSuccessRate: z
    .number()
    .min(0)
    .max(100)
    .default(20)
    .meta({ description: '… when fewer than this percentage of the recent 20 runs succeeded.' }),
  approvals: ApprovalRule.default(ApprovalRule.parse({})).meta({
    description: 'Who decides what its runs ask for.',
  }),
  breaker: Breaker.default(Breaker.parse({})).meta({
    description:
      'Pauses a trigger whose agent asks a model and repeats itself, runs too often or costs too much.',
  }),
}

const MOST_TAGS = 20
/** Words to find schedules by: without commas, and none differs from another by its capitals alone. */
const Tags = z
  .array(Line(40).refine((it) => !it.includes(','), 'must not have a comma'))
  .max(MOST_TAGS, `expects at most ${MOST_TAGS} tags`)
  .transform((all) => [...new Map(all.map((it) => [it.toLowerCase(), it])).values()])

const WHAT = {
  name: Line(120),
  description: Prose(2000).default(''),
  agentId: z.string().trim().min(1, 'must not be empty').max(120),
  agentType: AgentType.default('system'),
  context: Context.default({}),
  enabled: z.boolean().default(true),
  tags: Tags.default([]).meta({ description: 'Words to find it by, such as "finance".' }),
}

/** A name of `lib/triggers`, where each is known with its configuration: the server judges both. */
const Kind = z.string().trim().min(1, 'must not be empty').max(40, 'expects at most 40 characters')

const WHEN = {
  kind: Kind.default('schedule').meta({
    description:
      'What it fires on: "schedule" (cronExpression), "interval" (everySeconds), "once" (at), "event" (event), "webhook" (webhook) or "condition" (condition).',
    example: 'schedule',
  }),
  config: Context.default({}).meta({ description: 'What the kind wants to know besides its own field.' }),
  cronExpression: z
    .string()
    .max(256, 'expects at most 256 characters')
    .optional()
    .meta({ example: '0 9 * * 1-5' }),
  timezone: z
    .string()
    .max(64, 'expects at most 64 characters')
    .default('UTC')
    .meta({ example: 'America/New_York' }),
  everySeconds: count(1, 366 * DAY_SECONDS)
    .optional()
    .meta({ description: 'For the kind "interval".' }),
  at: InstantIn.optional().meta({ description: 'For the kind "once".' }),
}

/** What the kinds that wait for facts want to know: an object of the kind's name, kept as the row's `config`. */
const OWN = {
  event: EventTrigger.optional().meta({ description: 'For the kind "event".' }),
  webhook: WebhookConfig.optional().meta({ description: 'For the kind "webhook".' }),
  condition: ConditionTrigger.optional().meta({ description: 'For the kind "condition".' }),
}
export type OwnKind = keyof typeof OWN
export const OWN_KINDS = Object.keys(OWN) as OwnKind[]
export const isOwnKind = (kind: string): kind is OwnKind => Object.hasOwn(OWN, kind)

/** How facts are dealt with that come thick and fast, and what calls a run off. */
const FACTS = {
  collect: Collect.nullable().default(null).meta({
    description: 'Facts that come close together are one run (kinds "event" and "webhook").',
  }),
  throttle: Throttle.nullable().default(null).meta({
    description: 'At most so many starts in so long; the rest waits, or is skipped.',
  }),
  cancelOn: CancelOn.nullable().default(null).meta({ description: 'Events that call its runs off.' }),
  onlyIf: OnlyIf.nullable().default(null).meta({
    description: 'Looked at when it fires by itself: where it does not hold, the run is skipped.',
  }),
  overlapKey: EventPath.nullable().default(null).meta({
    description: 'Overlap is judged for each value that stands here by itself, such as "data.documentId".',
  }),
  expect: Expect.nullable().default(null).meta({
    description: 'By when a result is there: where it is not, "expectation.missed" happens, once.',
  }),
}
/** Of the kinds that follow the clock. */
const OF_CLOCK = {
  calendars: z
    .array(count(1, Number.MAX_SAFE_INTEGER))
    .max(MOST_NAMED, `expects at most ${MOST_NAMED} calendars`)
    .default([])
    .meta({
      description: 'Ids of calendars: an instant on a day of theirs, in `timezone`, is skipped.',
    }),
}
const COLLECTING: readonly string[] = ['event', 'webhook']

/**
 * The fields that belong to one kind each: what one of another kind would say silently is refused loudly.
 */
const FIELD_OF: Readonly<
  Record<ClockKind, 'cronExpression' | 'everySeconds' | 'at'> & { [K in OwnKind]: K }
> = {
  schedule: 'cronExpression',
  interval: 'everySeconds',
  once: 'at',
  event: 'event',
  webhook: 'webhook',
  condition: 'condition',
}
const hasField = (kind: string): kind is keyof typeof FIELD_OF => Object.hasOwn(FIELD_OF, kind)
export const FIELDS_OF_KINDS = Object.values(FIELD_OF)

type When = { [K in OwnKind]?: unknown } & {
  kind?: string | undefined
  cronExpression?: unknown
  everySeconds?: unknown
  at?: unknown
  collect?: unknown
  calendars?: number[] | undefined
  startsAt?: string | null | undefined
  endsAt?: string | null | undefined
}

function checkWhen(it: When, check: z.core.$RefinementCtx) {
  if (it.startsAt && it.endsAt && Date.parse(it.endsAt) <= Date.parse(it.startsAt)) {
    check.addIssue({ code: 'custom', path: ['endsAt'], message: `must be after startsAt (${it.startsAt})` })
  }
  if (!it.kind) return
  const needed = hasField(it.kind) ? FIELD_OF[it.kind] : null
  if (needed && it[needed] === undefined)
    check.addIssue({ code: 'custom', path: [needed], message: `is needed for the kind "${it.kind}"` })
  const others = FIELDS_OF_KINDS.filter((other) => other !== needed && it[other] !== undefined)
  const gathers = it.collect && !COLLECTING.includes(it.kind) ? ['collect'] : []
  const hasDaysOff = it.calendars?.length && isOwnKind(it.kind) ? ['calendars'] : []
  for (const path of [...others, ...gathers, ...hasDaysOff])
    check.addIssue({ code: 'custom', path: [path], message: `does not go with the kind "${it.kind}"` })
}

/** A fact is not an instant: it is not dropped because a run is on, or the server was away. */
const OF_FACTS = { overlap: 'buffer_all', bufferLimit: 1000, misfire: 'all', maxCatchup: 100 } as const
const BY_KIND = {
  overlap: Overlap.optional().meta({
    description: `${POLICIES.overlap.description ?? ''} Usually "skip", for events and calls "buffer_all".`,
  }),
  bufferLimit: POLICIES.bufferLimit.unwrap().optional().meta({
    description: 'With overlap "buffer_all": how many runs may wait. Usually 100, for events and calls 1000.',
  }),
  misfire: Misfire.optional().meta({
    description: `${POLICIES.misfire.description ?? ''} Usually "latest", for events and calls "all".`,
  }),
  maxCatchup: POLICIES.maxCatchup.unwrap().optional().meta({
    description: 'With misfire "all": how many run at the most. Usually 10, for events and calls 100.',
  }),
}
type ByKind = { [K in keyof typeof BY_KIND]: z.output<(typeof POLICIES)[K]> }
/** What goes without saying, by kind. */
export const usualFor = (kind: string): ByKind =>
  COLLECTING.includes(kind)
    ? OF_FACTS
    : { overlap: 'skip', bufferLimit: 100, misfire: 'latest', maxCatchup: 10 }
const complete = <T extends { kind: string } & { [K in keyof ByKind]?: ByKind[K] | undefined }>(it: T) => {
  const usual = usualFor(it.kind)
  return {
    ...it,
    overlap: it.overlap ?? usual.overlap,
    bufferLimit: it.bufferLimit ?? usual.bufferLimit,
    misfire: it.misfire ?? usual.misfire,
    maxCatchup: it.maxCatchup ?? usual.maxCatchup,
  }
}

export const NewTrigger = z
  .strictObject({ key: keyField, ...WHAT, ...WHEN, ...OWN, ...POLICIES, ...BY_KIND, ...FACTS, ...OF_CLOCK })
  .superRefine(checkWhen)
  .transform(complete)
export type NewTrigger = z.infer<typeof NewTrigger>
export type NewTriggerInput = z.input<typeof NewTrigger>

export const TriggerChange = z
  .strictObject({
    key: keyField,
    ...optional({ ...WHAT, ...WHEN, ...OWN, ...POLICIES, ...FACTS, ...OF_CLOCK }),
    revision: count(1, Number.MAX_SAFE_INTEGER)
      .optional()
      .meta({ description: 'The state that was edited: refused with 409 when it is no longer that one.' }),
  })
  .superRefine((it, check) => {
    checkWhen({ startsAt: it.startsAt, endsAt: it.endsAt }, check)
  })
export type TriggerChange = z.infer<typeof TriggerChange>

/**
 * `new`: has not run yet. `broken`: its row cannot be planned, see `problem`. `unready`: what it needs is not there.
 * `ended`: no instant is left.
 */
export const Health = z.enum([
  'new',
  'healthy',
  'failing',
  'unready',
  'paused',
  'disabled',
  'broken',
  'ended',
])
export type Health = z.infer<typeof Health>

export const Trigger = z.object({
  id: z.number(),
  key: Key,
  workspaceId: z.number(),
  kind: z.string(),
  name: z.string(),
  description: z.string(),
  agentId: z.string(),
  agentType: AgentType,
  cronExpression: z.string().nullable(),
  timezone: z.string(),
  everySeconds: z.number().nullable(),
  at: Instant.nullable(),
  config: z.record(z.string(), z.unknown()),
  /** What its kind wants to know, of the kinds that wait for facts. */
  event: EventTrigger.optional(),
  webhook: WebhookConfig.optional(),
  condition: ConditionTrigger.safeExtend({ state: ConditionState.optional() }).optional(),
  context: z.record(z.string(), z.unknown()),
  enabled: z.boolean(),
  misfire: Misfire,
  maxCatchup: z.number(),
  catchupWindow: z.number(),
  overlap: Overlap,
  bufferLimit: z.number(),
  timeoutSeconds: z.number(),
  retries: z.number(),
  jitterSeconds: z.number(),
  startsAt: Instant.nullable(),
  endsAt: Instant.nullable(),
  maxExecutions: z.number().nullable(),
  priority: z.number(),
  post: Post,
  disableAfterFailures: z.number(),
  disableBelowSuccessRate: z.number(),
  approvals: ApprovalRule,
  breaker: Breaker,
  collect: Collect.nullable(),
  throttle: Throttle.nullable(),
  cancelOn: CancelOn.nullable(),
  onlyIf: OnlyIf.nullable(),
  overlapKey: z.string().nullable(),
  expect: Expect.nullable(),
  /** Ids: on their days it does not run. */
  calendars: z.array(z.number()),
  tags: z.array(z.string()),
  humanReadable: z.string(),
  health: Health,
  nextRunAt: Instant.nullable(),
  lastRunAt: Instant.nullable(),
  lastStatus: Status.nullable(),
  lastExecutionId: z.number().nullable(),
  consecutiveFailures: z.number(),
  /** Why it does not run, in words: paused by whom, switched off for what, broken how. Null while it runs. */
  pausedReason: z.string().nullable(),
  pausedUntil: Instant.nullable(),
  pausedAt: Instant.nullable().meta({ description: 'Since when it is off.' }),
  pausedBy: z.string().nullable().meta({ description: 'The name of whoever paused it, or said last why.' }),
  disabledReason: z.string().nullable(),
  problem: z.string().nullable(),
  /** What it needs and is not there; its runs are skipped until then. */
  unready: z.string().nullable(),
  /** The template that it was made from. */
  origin: z.object({ template: z.string(), version: z.number() }).nullable(),
  revision: z.number(),
  createdBy: z.string().nullable(),
  createdAt: Instant,
  updatedAt: Instant,
  deletedAt: Instant.nullable().meta({ description: 'For 30 days it can be restored.' }),
})
export type Trigger = z.infer<typeof Trigger>

export const TriggerQuery = z.object({
  ...PageQuery,
  q: z.string().max(200).optional(),
  health: Health.optional(),
  kind: Kind.optional(),
  tag: z.string().max(40).optional(),
  deleted: z
    .enum(['true', 'false'])
    .default('false')
    .transform((it) => it === 'true')
    .meta({ description: 'Those that were deleted in the last 30 days, and no others.' }),
  sort: z.enum(['made', 'trouble']).optional().meta({
    description: '`made`, as they were made; `trouble`: those that need somebody first.',
  }),
})

/** So long a deleted trigger can be restored. */
export const RESTORABLE_DAYS = 30

export const Toggle = z.strictObject({
  enabled: z.boolean().optional(),
  reason: Line(500).optional(),
  until: InstantIn.optional(),
})

/** An event that has not happened. */
export const MadeUpEvent = z.strictObject({
  type: z.string().min(1).max(120),
  data: z.record(z.string(), z.unknown()).default({}),
  occurredAt: InstantIn.optional(),
  actor: Actor.optional(),
  sourceId: z.number().int().nullable().optional(),
})
export type MadeUpEvent = z.infer<typeof MadeUpEvent>
export const RunNow = z
  .strictObject({
    context: Context.optional(),
    eventId: count(1, Number.MAX_SAFE_INTEGER).optional().meta({
      description: 'As if this event had fired it.',
    }),
    event: MadeUpEvent.optional().meta({ description: 'As if such an event had fired it.' }),
    revision: count(1, Number.MAX_SAFE_INTEGER).optional().meta({
      description: 'With the configuration of this revision; without it, of the newest.',
    }),
    staged: z.boolean().default(false).meta({
      description: 'What has an effect is not done: the run says what it would have done. Nothing is posted.',
    }),
  })
  .refine((it) => it.eventId === undefined || it.event === undefined, {
    path: ['event'],
    error: 'goes without eventId: name one of them',
  })

/** Who does what, before it is a trigger. */
export const TryDraft = z.strictObject({
  name: Line(120),
  agentId: WHAT.agentId,
  agentType: AgentType.default('system'),
  context: Context.default({}),
  /** The trigger whose draft it is: masks in the context stand for what it keeps. */
  id: count(1, Number.MAX_SAFE_INTEGER).optional(),
})
export type TryDraft = z.infer<typeof TryDraft>

export const Backfill = z
  .strictObject({ from: InstantIn, to: InstantIn, dryRun: z.boolean().default(false) })
  .refine((it) => Date.parse(it.to) > Date.parse(it.from), { path: ['to'], error: 'must be after from' })
export const BackfillAnswer = z.object({
  instants: z.array(Instant),
  created: z.number(),
  alreadyThere: z.number(),
  daysOff: z.number().meta({ description: 'Instants left out: they lie on days of its calendars.' }),
  truncated: z.boolean(),
  noLongerKept: z.number().optional().meta({
    description:
      'Calls of a webhook in that range whose content is no longer kept (7 days): they cannot run.',
  }),
})

export const TestTrigger = z
  .strictObject({
    trigger: NewTrigger,
    eventId: count(1, Number.MAX_SAFE_INTEGER).optional(),
    event: MadeUpEvent.optional(),
    recent: count(1, 100).optional().meta({ description: 'The newest events that it would listen for.' }),
  })
  .refine((it) => [it.eventId, it.event, it.recent].filter((one) => one !== undefined).length <= 1, {
    path: ['recent'],
    error: 'name eventId, event or recent, and only one of them',
  })
export const TestResult = z.object({
  eventId: z.number().nullable(),
  event: TriggerEvent,
  verdict: EvaluationVerdict,
  reason: z.string().nullable(),
  trace: Trace,
})

/** What it is going to cost, at the pace that it has. */
export const Forecast = z.object({
  runsPerMonth: z.number().meta({ description: 'In the next 30 days.' }),
  costPerMonth: z.object({ p50: z.number().nullable(), p95: z.number().nullable() }),
  basis: z.enum(['own_history', 'same_agent', 'none']),
  runs: z.number().meta({ description: 'How many runs it is reckoned from.' }),
})
export type Forecast = z.infer<typeof Forecast>

const MOST_SIMULATED_MS = 366 * DAY_SECONDS * 1000
export const Simulate = z
  .strictObject({
    trigger: NewTrigger,
    from: InstantIn,
    to: InstantIn,
    assumeSeconds: count(0, DAY_SECONDS)
      .optional()
      .meta({ description: 'How long a run takes; without it, as long as runs of the agent usually have.' }),
    id: count(1, Number.MAX_SAFE_INTEGER).optional().meta({
      description: 'The trigger whose draft it is: what was recorded for it is what is tried.',
    }),
  })
  .refine((it) => Date.parse(it.to) > Date.parse(it.from), { path: ['to'], error: 'must be after from' })
  .refine((it) => Date.parse(it.to) - Date.parse(it.from) <= MOST_SIMULATED_MS, {
    path: ['to'],
    error: 'lies more than 366 days after from',
  })
export const SimulatedOccurrence = z.object({
  at: Instant,
  key: z.string(),
  verdict: z.enum(['ran', 'late', 'skipped', 'cancelled']),
  reason: z.string().nullable(),
})
export type SimulatedOccurrence = z.infer<typeof SimulatedOccurrence>
const Spread = z.object({ p50: z.number().nullable(), p95: z.number().nullable() })
/**
 * `tokens`, `cost`: of one run, by what it rests on: `basis`. `evaluations`: how what was recorded is judged, by the
 * verdicts of evaluations. `note`: what is to be known of it, such as that nothing was recorded.
 */
export const Simulation = z.object({
  occurrences: z.array(SimulatedOccurrence),
  counts: z.record(z.string(), z.number()),
  evaluations: z.record(z.string(), z.number()),
  note: z.string().nullable(),
  tokens: Spread,
  cost: Spread,
  basis: z.enum(['own_history', 'same_agent', 'none']),
  truncated: z.boolean(),
})

const Percentiles = z.object({
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
})
/**
 * `averageExecutionTime` is in seconds, as in the original guide; the
 * percentiles are of the most recent 1,000 runs, in milliseconds.
 */
export const TriggerStats = z.object({
  totalExecutions: z.number(),
  successfulExecutions: z.number(),
  failedExecutions: z.number(),
  successRate: z.number(),
  averageExecutionTime: z.number(),
  durationMs: Percentiles,
  latenessMs: Percentiles,
})
export type TriggerStats = z.infer<typeof TriggerStats>

export const CronPreviewQuery = z.strictObject({
  cronExpression: z.string().max(256, 'expects at most 256 characters'),
  timezone: z.string().max(64).default('UTC'),
  viewerTimezone: z.string().max(64).optional(),
  from: InstantIn.optional(),
  count: z.number().int().min(1).max(50).default(10),
})
export const PlannedInstant = z.object({
  at: Instant,
  local: z.string(),
  viewerLocal: z.string().optional(),
  affected: z.string().optional(),
  skipped: z.string().optional().meta({
    description: 'Why it will not run: "25 December 2026 is in the calendar Public holidays".',
  }),
})
export const Preview = z.object({
  valid: z.literal(true),
  description: z.string(),
  next: z.array(Instant),
  warnings: z.array(z.string()),
  /**
   * The same instants with their wall-clock times in the schedule's
   * zone and the viewer's, and what daylight saving does to them.
   */
  instants: z.array(PlannedInstant),
  truncated: z.boolean(),
})
export type Preview = z.infer<typeof Preview>

/** The last runs of some schedules, in short: what a row of a list draws. */
export const HeartbeatQuery = z.object({
  triggerIds: z
    .string()
    .regex(
      /^[1-9]\d{0,15}(,[1-9]\d{0,15}){0,199}$/,
      'expects up to 200 ids with commas between, such as 1,2,3',
    )
    .transform((it) => [...new Set(it.split(',').map(Number))]),
})
export const Heartbeat = z.object({
  triggerId: z.number(),
  statuses: z.array(Status).meta({ description: `Of its last ${MOST_BARS} executions, oldest first.` }),
})
export type Heartbeat = z.infer<typeof Heartbeat>
