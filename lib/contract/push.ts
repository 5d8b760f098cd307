/** Browsers in which a person has turned notifications on. */
import { z } from 'zod'
import { Instant, Line } from './fields.ts'

/** As a browser gives it: where its push service takes messages, and what only it can read them with. */
export const Subscription = z.strictObject({
  endpoint: z.url('expects the address that the browser gave').max(2_000),
  keys: z.strictObject({
    p256dh: z.string().regex(/^[\w-]{87}=?$/, 'expects the public key that the browser gave'),
    auth: z.string().regex(/^[\w-]{22}(?:==)?$/, 'expects the secret that the browser gave'),
  }),
})
export type Subscription = z.infer<typeof Subscription>

export const NewPushBrowser = z.strictObject({
  name: Line(80).meta({ description: 'What the person knows it by.' }),
  subscription: Subscription,
})
export type NewPushBrowser = z.output<typeof NewPushBrowser>

export const PushBrowser = z.object({ id: z.number(), name: z.string(), createdAt: Instant })
export type PushBrowser = z.infer<typeof PushBrowser>

export const PushState = z.object({
  publicKey: z.string().meta({ description: 'By which a browser lets this installation reach it.' }),
  browsers: z.array(PushBrowser),
  nextCursor: z.null(),
})
