/** The address of a webhook, its secret, and the log of what has called it. */
import { z } from 'zod'
import { Execution } from './execution.ts'
import { Instant, PageQuery } from './fields.ts'

export const DeliveryVerdict = z.enum(['accepted', 'collected', 'duplicate', 'filtered', 'paused', 'refused'])
export type DeliveryVerdict = z.infer<typeof DeliveryVerdict>

/** Said once, when it is made. */
export const NewWebhook = z.object({ url: z.string(), secret: z.string() })
export type NewWebhook = z.infer<typeof NewWebhook>

/** `secret` is masked: its last characters, by which it is told from another. */
export const Webhook = z.object({
  url: z.string(),
  secret: z.string(),
  previousValidUntil: Instant.nullable(),
  changedAt: Instant,
  lastReceivedAt: Instant.nullable(),
})
export type Webhook = z.infer<typeof Webhook>

export const MOST_GRACE_SECONDS = 30 * 86_400

export const Rotate = z.strictObject({
  graceSeconds: z
    .number()
    .int()
    .min(0)
    .max(MOST_GRACE_SECONDS)
    .default(86_400)
    .meta({ description: 'How long the secret before it still counts.' }),
  secret: z
    .string()
    .regex(/^[\x21-\x7e]{16,255}$/, 'expects 16 to 255 visible ASCII characters')
    .optional()
    .meta({ description: 'The secret that the other side has made (Stripe does); without it one is made.' }),
})
export const Rotated = z.object({ secret: z.string(), previousValidUntil: Instant.nullable() })

/** A call as the log has it; `verdict` is null for the moment in which it is taken in. */
export const WebhookDelivery = z.object({
  id: z.number(),
  deliveryId: z.string(),
  receivedAt: Instant,
  verdict: DeliveryVerdict.nullable(),
  status: z.number(),
  bytes: z.number(),
  remoteAddress: z.string().nullable(),
  reason: z.string().nullable(),
  executionId: z.number().nullable(),
  replayOf: z.string().nullable(),
})
export type WebhookDelivery = z.infer<typeof WebhookDelivery>

export const WebhookDeliveryDetail = WebhookDelivery.extend({
  headers: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: z
    .string()
    .nullable()
    .meta({ description: 'Null where it is not kept: of refused calls, and after 7 days.' }),
  encoding: z.enum(['text', 'base64']),
  trace: z.array(
    z.object({
      path: z.string(),
      op: z.string(),
      expected: z.unknown(),
      actual: z.unknown(),
      pass: z.boolean(),
    }),
  ),
})
export type WebhookDeliveryDetail = z.infer<typeof WebhookDeliveryDetail>

export const WebhookDeliveryQuery = z.object({ ...PageQuery, verdict: DeliveryVerdict.optional() })

export const DeliveryId = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'expects 1 to 255 visible ASCII characters')

/** What became of a call: the first of its id, or what is said again of it. */
export const Taken = z.object({
  deliveryId: z.string(),
  executionId: z.number().nullable(),
  verdict: DeliveryVerdict.exclude(['refused']),
})
export type Taken = z.infer<typeof Taken>

export const HookAnswer = z.union([Taken, z.object({ execution: Execution })])
