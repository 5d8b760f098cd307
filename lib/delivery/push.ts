/**
 * Browsers that take notifications: which there are, and one message made for one of them.
 *
 * Promise: what a push service carries only the browser itself can read; the keys of this installation and the address
 * of a browser lie sealed, and are opened for the message.
 */
import { createHash, ECDH } from 'node:crypto'
import webpush from 'web-push'
import * as rows from '#db/queries/push.ts'
import { mayReachInside } from '#db/queries/rights.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import type { PushBrowser, Subscription } from '../contract/push.ts'
import { hours } from '../clock.ts'
import { judgeUrl, OUTSIDE, type OutboundPolicy } from '../net/judge-url.ts'
import type { Posted } from './over-http.ts'

export interface Box {
  close(text: string, place: string): string
  open(sealed: string, place: string): string | null
}
interface Keys {
  publicKey: string
  privateKey: string
}
export interface Browser {
  id: number
  subscription: Subscription
  /** Its person may reach what the operator has opened (ALLOWED_PRIVATE_NETWORKS). */
  reachesInside: boolean
}
export interface Note {
  /** What replaces it, where it comes twice. */
  topic: string
  payload: string
  urgent: boolean
}

const KEYS = 'push keys'
const MOST_OF_ONE = 20
const MOST_AT_ONCE = 200
/** A push service holds it as long for a browser that is off. */
const KEPT_SECONDS = hours(24) / 1000
const placeOf = (digest: string) => `push browser ${digest}`
const digestOf = (endpoint: string) => createHash('sha256').update(endpoint).digest('hex')

export const canOpenPushKeys = (box: Pick<Box, 'open'>, kept: string): boolean =>
  box.open(kept, KEYS) !== null

export type Push = ReturnType<typeof createPush>

export function createPush({
  store,
  clock,
  box,
  baseUrl,
  ...policy
}: OutboundPolicy & {
  store: Store
  clock: Pick<Clock, 'now'>
  box: Box
  baseUrl: string
}) {
  /** Whom a push service may write to: it takes an address of the web, or of mail. */
  const subject = baseUrl.startsWith('https:') ? baseUrl : 'mailto:carillon@localhost'

  async function keys(): Promise<Keys> {
    const made = async () => box.close(JSON.stringify(webpush.generateVAPIDKeys()), KEYS)
    const plain = box.open((await rows.keys(store)) ?? (await rows.keep(store, await made())), KEYS)
    if (plain === null) throw new Error('The push keys were sealed with another SIG_KEY or SIG_SALT.')
    return JSON.parse(plain) as Keys
  }

  const opened = (found: readonly rows.BrowserRow[]): Browser[] =>
    found.flatMap(({ id, digest, subscription, reachesInside }) => {
      const plain = box.open(subscription, placeOf(digest))
      return plain === null ? [] : [{ id, subscription: JSON.parse(plain) as Subscription, reachesInside }]
    })

  return {
    /** Why it is not sent there; null: it may be. It is asked again when it connects. */
    async refusal(userId: string, { endpoint }: Subscription): Promise<string | null> {
      const verdict = judgeUrl(endpoint, (await mayReachInside(store, userId)) ? policy : OUTSIDE)
      return verdict.ok ? null : verdict.message
    },
    /** It is a point of the curve that messages for browsers are sealed with. */
    isKey({ keys: { p256dh } }: Subscription): boolean {
      try {
        ECDH.convertKey(p256dh, 'prime256v1', 'base64url')
        return true
      } catch {
        return false
      }
    },
    publicKey: async () => (await keys()).publicKey,
    /** Of a person, or of the members of a workspace. */
    async browsers(of: { userId: string } | { workspaceId: number }): Promise<Browser[]> {
      return opened(
        'userId' in of
          ? await rows.browsersOf(store, of.userId)
          : await rows.browsersIn(store, of.workspaceId, MOST_AT_ONCE),
      )
    },
    /** One message for one of them, as a request to its push service. */
    async requestFor({ subscription }: Browser, { topic, payload, urgent }: Note): Promise<Posted> {
      const { endpoint, headers, body } = webpush.generateRequestDetails(subscription, payload, {
        vapidDetails: { subject, ...(await keys()) },
        ...{ TTL: KEPT_SECONDS, topic, urgency: urgent ? 'high' : 'normal', contentEncoding: 'aes128gcm' },
      })
      const { 'Content-Length': _, ...given } = headers as Record<string, unknown>
      const named = Object.fromEntries(Object.entries(given).map(([name, it]) => [name, String(it)]))
      return { url: endpoint, body: new Uint8Array(body ?? []), headers: named }
    },
    forget: (id: number) => rows.remove(store, id, null),
    async list(userId: string): Promise<PushBrowser[]> {
      return (await rows.browsersOf(store, userId)).map(shown)
    },
    /** Null where the person has as many as they may. */
    async add(userId: string, subscription: Subscription, browser: string): Promise<PushBrowser | null> {
      const digest = digestOf(subscription.endpoint)
      const sealed = box.close(JSON.stringify(subscription), placeOf(digest))
      const row = await rows.add(store, {
        ...{ userId, digest, browser, subscription: sealed, most: MOST_OF_ONE, now: clock.now() },
      })
      return row && shown(row)
    },
    remove: (userId: string, id: number) => rows.remove(store, id, userId),
  }
}

const shown = ({ id, name, createdAt }: Pick<rows.BrowserRow, 'id' | 'name' | 'createdAt'>): PushBrowser => ({
  id,
  name,
  createdAt: new Date(createdAt).toISOString(),
})
