/**
 * A webhook fires when a program calls its address with a call that is signed as its scheme has it.
 *
 * What each scheme signs, and what is the id of a delivery, stands in `lib/triggers/webhook/verifying.ts`.
 */
import { z } from 'zod'
import { Filter } from './filter.ts'

export const WebhookScheme = z.enum(['standard', 'github', 'stripe', 'token'])
export type WebhookScheme = z.infer<typeof WebhookScheme>

/** Where paths of a webhook's filter begin. */
export const WEBHOOK_ROOTS = ['headers', 'query', 'body'] as const

const IdFrom = z.union(
  [
    z.strictObject({
      header: z
        .string()
        .trim()
        .max(100)
        .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'expects the name of a header, such as X-Request-Id')
        .overwrite((it) => it.toLowerCase()),
    }),
    z.strictObject({
      path: z
        .string()
        .max(200)
        .regex(
          /^(?:headers|query|body)(?:\.[^.]+)+$/,
          'expects names with dots between them that begin with headers, query or body, such as body.id',
        ),
    }),
  ],
  'expects { header } or { path }',
)
export type IdFrom = z.infer<typeof IdFrom>

export const MOST_WAIT_SECONDS = 60

const seconds = (least: number, most: number) => z.number().int().min(least).max(most)
export const WebhookConfig = z.strictObject({
  scheme: WebhookScheme.meta({
    description:
      'How a call shows that it is genuine: "standard" (Standard Webhooks), "github", "stripe", or "token" (Authorization: Bearer).',
  }),
  toleranceSeconds: seconds(1, 86_400)
    .default(300)
    .meta({ description: 'How old, or how far ahead, the time of a signature may be (standard, stripe).' }),
  idFrom: IdFrom.optional().meta({
    description:
      'With "token": where the id of a delivery stands, { header } or { path }; without it, the header Idempotency-Key.',
  }),
  respond: z
    .enum(['accepted', 'result'])
    .default('accepted')
    .meta({ description: 'Whether the caller is answered at once, or waits for the result.' }),
  waitSeconds: seconds(1, MOST_WAIT_SECONDS)
    .default(25)
    .meta({ description: 'With respond "result": how long the caller waits at the most.' }),
  filter: Filter.optional().meta({
    description: 'What must hold of a call; paths begin with headers (lower case), query or body.',
  }),
})
export type WebhookConfig = z.infer<typeof WebhookConfig>
export type WebhookConfigInput = z.input<typeof WebhookConfig>
