/**
 * An execution is one occurrence of a trigger, carried out by an
 * agent, with everything that can be known about it afterwards.
 */
import { z } from 'zod'
import { ApprovalRule } from './approval.ts'
import { Breaker } from './breaker.ts'
import { By } from './by.ts'
import { DeliveryState } from './delivery.ts'
import { Id, Instant, InstantIn, PageQuery } from './fields.ts'
import { STATUSES } from './states.ts'
import { FieldChange } from './revision.ts'
import { Chain, TriggerEvent } from './trigger-event.ts'

export const Status = z.enum(STATUSES)
export type Status = z.infer<typeof Status>

/** Why an execution ended as it did, for machines; `reason` says it in words. */
export const ReasonCode = z.enum([
  'timeout',
  'agent_error',
  'bad_input',
  'unknown_agent',
  'overlap',
  'buffer_full',
  'superseded',
  'server_down',
  'clock_jump',
  'shutdown',
  'crashed',
  'disabled',
  'paused',
  'budget',
  'cancelled',
  'owner_left',
  'upstream',
  'deleted',
  'no_output',
  'loop',
  'limit',
  'approval_rejected',
  'approval_expired',
  'not_ready',
  'depth',
  'calendar',
  'rate_limited',
  'cancel_event',
  'condition',
])
export type ReasonCode = z.infer<typeof ReasonCode>

export const Step = z.object({
  n: z.number(),
  attempt: z.number(),
  at: Instant,
  kind: z.string(),
  text: z.string(),
  data: z.unknown().nullable(),
})
export type Step = z.infer<typeof Step>

export const Execution = z.object({
  id: z.number(),
  workspaceId: z.number(),
  triggerId: z.number(),
  triggerName: z.string(),
  agentId: z.string(),
  kind: z.string().meta({
    description: 'The trigger\'s kind, or "manual", "retry", "backfill" for a run that a person asked for.',
  }),
  occurrence: z.string(),
  scheduledFor: Instant.nullable(),
  queuedAt: Instant,
  startedAt: Instant.nullable(),
  completedAt: Instant.nullable(),
  durationMs: z.number().nullable(),
  latenessMs: z.number().nullable(),
  attempt: z.number(),
  isCatchup: z.boolean(),
  retryOf: z.number().nullable(),
  requestedBy: By.nullable().meta({
    description:
      'Who asked for it (run now, run again, backfill), by the name of then; null for what its trigger fired.',
  }),
  status: Status,
  reason: z.string().nullable(),
  reasonCode: ReasonCode.nullable(),
  cancelRequested: z.boolean(),
  output: z.string().nullable(),
  error: z.string().nullable(),
  tokensUsed: z.number(),
  cost: z.number(),
  agentRevision: z.number().nullable(),
  model: z.string().nullable(),
  tokensIn: z.number().meta({ description: 'With those that came from the cache.' }),
  tokensOut: z.number(),
  tokensCached: z.number(),
  staged: z.boolean().meta({ description: 'What it would have done was kept, and none of it done.' }),
  tainted: z.boolean().meta({ description: 'It has read text that came from outside.' }),
  deliveryStatus: DeliveryState.meta({
    description: 'Whether people elsewhere were told of it; `none`: nobody was to be.',
  }),
  waitingFor: z.string().nullable().meta({ description: 'While it waits for a person: for what.' }),
  missedFrom: Instant.nullable(),
  missedTo: Instant.nullable(),
  missedCount: z.number().nullable(),
  eventCount: z
    .number()
    .nullable()
    .meta({ description: 'How many facts it stands for; null where none fired it.' }),
  chain: Chain.meta({ description: 'Which runs caused it; depth 0 of one that none caused.' }),
})
export type Execution = z.infer<typeof Execution>

/** What a run did beyond reading, each once, however often it was told of. */
export const EffectOfRun = z.object({
  n: z.number().meta({ description: 'From 1, in the order of the run; the same through all attempts.' }),
  tool: z.string(),
  arguments: z.unknown().nullable(),
  state: z.enum(['started', 'done', 'failed', 'staged', 'rejected', 'unknown']),
  key: z.string().nullable().meta({ description: 'By which a receiver can tell a repeat.' }),
  approvalId: z.number().nullable(),
})
export type EffectOfRun = z.infer<typeof EffectOfRun>

/** The settings of its trigger as they were then: one that came later is not among them. */
const RanWith = z
  .object({
    context: z.unknown(),
    config: z.record(z.string(), z.unknown()).optional(),
    approvals: ApprovalRule.optional(),
    breaker: Breaker.optional(),
  })
  .catchall(z.unknown())
export type RanWith = z.infer<typeof RanWith>

/** The detail: what a list leaves out. `config` is what the run ran with, whatever the trigger says today. */
export const ExecutionDetail = Execution.extend({
  owner: z.string().nullable(),
  outcome: z.unknown().nullable(),
  config: RanWith,
  steps: z.array(Step),
  effects: z.array(EffectOfRun),
  event: TriggerEvent.nullable().meta({ description: 'What fired it; of several facts the last.' }),
  events: z.array(TriggerEvent).meta({ description: 'All that it stands for, the newest 100 at the most.' }),
  caused: z
    .array(z.object({ id: z.number(), triggerId: z.number(), triggerName: z.string(), status: Status }))
    .meta({
      description: 'The runs that it has caused.',
    }),
})
export type ExecutionDetail = z.infer<typeof ExecutionDetail>

export const RunAgain = z.strictObject({
  config: z.enum(['current', 'same']).default('current').meta({
    description: '`current`: as its schedule is set now; `same`: as it was set for that run.',
  }),
})

export const ExecutionQuery = z.object({
  ...PageQuery,
  status: z
    .string()
    .max(200, 'expects each status once')
    .optional()
    .transform((it) => (it ? [...new Set(it.split(','))] : undefined))
    .pipe(z.array(Status).max(Status.options.length).optional()),
  triggerId: Id.optional(),
  kind: z.string().max(20).optional(),
  from: InstantIn.optional().meta({
    description: 'By `queuedAt`, as the list is ordered: what was missed is recorded when it is noticed.',
  }),
  to: InstantIn.optional(),
  q: z.string().max(200).optional(),
  sort: z.enum(['time', 'trouble']).optional().meta({
    description: '`time`, newest first; `trouble`: what failed, then what was missed, then the others.',
  }),
})
export type ExecutionQuery = z.infer<typeof ExecutionQuery>

/** The runs of the same trigger beside one, and how it differs from the last one before it that ended by itself. */
export const Beside = z.object({
  earlier: z.number().nullable(),
  later: z.number().nullable(),
  before: Execution.nullable(),
  changes: z.array(FieldChange).meta({ description: 'Of what it ran with, against `before`.' }),
})
export type Beside = z.infer<typeof Beside>
