/**
 * Telling people elsewhere: where (channels), what (rules), and what came of it (deliveries).
 *
 * What a channel is given in confidence goes in and never comes out: in every answer a mask has its place, and a mask
 * that comes back means what is there.
 */
import { z } from 'zod'
import { Key, keyField } from './exchange.ts'
import { Context, Id, Instant, Line, optional, PageQuery, ZoneName } from './fields.ts'

export const CHANNEL_KINDS = [
  'email',
  'webhook',
  'slack',
  'discord',
  'telegram',
  'ntfy',
  'push',
  'apprise',
] as const
export const ChannelKindName = z.enum(CHANNEL_KINDS)
export type ChannelKindName = z.infer<typeof ChannelKindName>

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expects a time of day such as 08:00')

export const QuietHours = z
  .strictObject({ from: TimeOfDay, to: TimeOfDay, timezone: ZoneName })
  .refine((it) => it.from !== it.to, { path: ['to'], message: 'must be another time than `from`' })
export type QuietHours = z.infer<typeof QuietHours>

const channelFields = {
  key: keyField,
  name: Line(80),
  config: Context.meta({
    description: 'By the kind; see docs/telling.md. What is confidential is masked in answers.',
  }),
  quietHours: QuietHours.nullable()
    .default(null)
    .meta({ description: 'What comes in them is held until they end.' }),
  digestAt: TimeOfDay.nullable().default(null).meta({
    description:
      'What comes is gathered until this time of day, in the zone of the quiet hours or the workspace.',
  }),
  maxPerHour: z
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .meta({ description: 'What is more is held, and goes as one message.' }),
  enabled: z.boolean().default(true),
}
export const NewChannel = z.strictObject({ kind: ChannelKindName, ...channelFields })
export type NewChannel = z.output<typeof NewChannel>
export const ChannelChange = z.strictObject(optional(channelFields))
export type ChannelChange = z.output<typeof ChannelChange>

export const Channel = z.object({
  id: z.number(),
  key: Key.nullable().meta({ description: 'Its name in exports; null of a person’s own.' }),
  name: z.string(),
  kind: ChannelKindName,
  config: z.record(z.string(), z.unknown()),
  quietHours: QuietHours.nullable(),
  digestAt: z.string().nullable(),
  maxPerHour: z.number(),
  enabled: z.boolean(),
  problem: z.string().nullable().meta({ description: 'Why its receiver had it switched off.' }),
  rules: z.number().meta({ description: 'How many rules tell it something.' }),
  createdAt: Instant,
  updatedAt: Instant,
})
export type Channel = z.infer<typeof Channel>

export const AddedChannel = z.object({
  channel: Channel,
  secret: z.string().optional().meta({
    description: 'That a webhook is signed with, where it was made here: it is not answered again.',
  }),
})
export const ChannelTest = z.object({ ok: z.boolean(), detail: z.string() })
export type ChannelTest = z.infer<typeof ChannelTest>

/** What can be told of. */
export const TELLABLE = [
  'failure',
  'recovery',
  'success',
  'notable',
  'changed',
  'missed',
  'skipped',
  'expectation',
  'approval',
  'budget',
  'disabled',
] as const
export const Tellable = z.enum(TELLABLE)
export type Tellable = z.infer<typeof Tellable>

export const Repeat = z.enum(['once', 'every'])
export type Repeat = z.infer<typeof Repeat>

const ruleFields = {
  key: keyField,
  channelId: z.int().positive(),
  triggerIds: z
    .array(z.int().positive())
    .max(200)
    .nullable()
    .transform((it) => (it && it.length > 0 ? [...new Set(it)] : null))
    .default(null)
    .meta({ description: 'Of these triggers; null or none: of every one.' }),
  on: z
    .array(Tellable)
    .min(1, 'expects at least one of them')
    .max(TELLABLE.length)
    .transform((it) => [...new Set(it)]),
  afterFailures: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .meta({ description: 'From this failure of one cause on.' }),
  repeat: Repeat.default('once').meta({
    description: '`once`: one message an incident. `every`: at each failure, until somebody acknowledges it.',
  }),
  recoverAfter: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .meta({ description: 'So many successes in a row are a recovery.' }),
}
export const NewRule = z.strictObject(ruleFields)
export type NewRule = z.output<typeof NewRule>
export const RuleChange = z.strictObject(optional(ruleFields))
export type RuleChange = z.output<typeof RuleChange>

export const Rule = z.object({
  id: z.number(),
  key: Key,
  channelId: z.number(),
  channelName: z.string(),
  ownedBy: z
    .object({ id: z.string(), name: z.string() })
    .nullable()
    .meta({ description: 'Whose own channel it tells; null: a channel of the workspace.' }),
  triggerIds: z.array(z.number()).nullable(),
  on: z.array(Tellable),
  afterFailures: z.number(),
  repeat: Repeat,
  recoverAfter: z.number(),
  createdAt: Instant,
  updatedAt: Instant,
})
export type Rule = z.infer<typeof Rule>
/**
 * With the channels that a rule of who asks may name, by name alone: what they are set to is for administrators, or
 * for the person whose own they are.
 */
export const RuleList = z.object({
  rules: z.array(Rule),
  channels: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      kind: ChannelKindName,
      enabled: z.boolean(),
      own: z.boolean().meta({ description: 'It belongs to who asks.' }),
    }),
  ),
  nextCursor: z.null(),
})

export const DELIVERY_STATUSES = ['pending', 'held', 'sent', 'failed', 'suppressed', 'unknown'] as const
export const DeliveryStatus = z.enum(DELIVERY_STATUSES)
export type DeliveryStatus = z.infer<typeof DeliveryStatus>
/** As it is kept; `new`: the rules have not judged it yet. */
export type KeptDeliveryStatus = DeliveryStatus | 'new'

/** Of a try, `unknown`: it left, and nobody said whether it arrived. */
export const DeliveryAttempt = z.object({
  at: Instant,
  status: z.enum(['sent', 'refused', 'unknown']),
  detail: z.string(),
})
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>

export const Delivery = z.object({
  id: z.number(),
  channelId: z.number(),
  channelName: z.string(),
  ruleId: z.number().nullable(),
  triggerId: z.number().nullable(),
  executionId: z.number().nullable(),
  incidentId: z.number().nullable(),
  event: Tellable,
  title: z.string().nullable(),
  status: DeliveryStatus,
  reason: z.string().nullable().meta({ description: 'Why it is held, not sent, or did not arrive.' }),
  attempts: z.array(DeliveryAttempt),
  nextAttemptAt: Instant.nullable(),
  foldedInto: z.number().nullable().meta({ description: 'The delivery whose message says this one, too.' }),
  resendOf: z.number().nullable(),
  createdAt: Instant,
})
export type Delivery = z.infer<typeof Delivery>

export const DeliveryQuery = z.object({
  ...PageQuery,
  status: DeliveryStatus.optional(),
  channelId: Id.optional(),
  executionId: Id.optional(),
})
export type DeliveryQuery = z.infer<typeof DeliveryQuery>

/** Whether people elsewhere were told of an execution. */
export const DeliveryState = z.enum(['none', 'pending', 'sent', 'failed'])
export type DeliveryState = z.infer<typeof DeliveryState>
