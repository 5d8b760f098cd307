/**
 * The address of a webhook and its secret, and the log of what has called it.
 *
 * Promise: a secret is answered once, when it is made; the log shows what is secret in a call to nobody.
 */
import { randomBytes } from 'node:crypto'
import * as triggers from '#db/queries/triggers.ts'
import * as rows from '#db/queries/webhooks.ts'
import type { BriefDelivery, WebhookRow } from '#db/queries/webhooks.ts'
import { seconds } from '../clock.ts'
import type { AnswerOf, Api, BodyOf, QueryOf } from '../contract/api.ts'
import { notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import type {
  NewWebhook,
  Taken,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryDetail,
} from '../contract/webhook.ts'
import { maskedHeaders, maskedQuery } from '../triggers/webhook/reading.ts'
import { keyOf } from '../triggers/webhook/verifying.ts'
import { carry, configOf } from './carrying.ts'
import type { HookDeps } from './hooks.ts'
import { digestOf, newSecret, newToken, placeOf } from '../triggers/webhook/address.ts'

export interface WebhookDeps extends HookDeps {
  /** Where people and programs reach the server. */
  baseUrl: string
}

/** Of a new trigger; null where it is no webhook. */
export async function opened(
  deps: WebhookDeps,
  { id, kind }: { id: number; kind: string },
): Promise<NewWebhook | null> {
  if (kind !== 'webhook') return null
  const [token, secret] = [newToken(), newSecret()]
  const tokenHash = digestOf(token)
  const close = (text: string) => deps.box.close(text, placeOf({ tokenHash }))
  const address = { tokenHash, token: close(token), secret: close(secret) }
  const isNew = await rows.open(deps.store, id, address, deps.clock.now())
  return isNew ? { url: urlOf(deps, token), secret } : null
}

const urlOf = ({ baseUrl }: WebhookDeps, token: string) => `${baseUrl}/api/hooks/${token}`

async function own({ store }: WebhookDeps, workspaceId: number, triggerId: number) {
  const trigger = await triggers.get(store, workspaceId, triggerId)
  if (!trigger) throw notFound('schedule')
  const config = configOf(trigger)
  if (!config) throw new ProblemError(409, `This is of the kind "${trigger.kind}", which no program calls.`)
  return { trigger, config }
}

/** The address; one that is not there yet is made: whoever made the trigger did not come so far. */
async function address(deps: WebhookDeps, trigger: { id: number; kind: string }): Promise<WebhookRow> {
  const known = await rows.of(deps.store, trigger.id)
  if (known) return known
  await opened(deps, trigger)
  const made = await rows.of(deps.store, trigger.id)
  if (!made) throw notFound('schedule')
  return made
}

const LAST_CHARACTERS = 4

export async function get(deps: WebhookDeps, workspaceId: number, triggerId: number): Promise<Webhook> {
  const { trigger } = await own(deps, workspaceId, triggerId)
  const row = await address(deps, trigger)
  const { previousValidUntil, changedAt } = row
  const [token, secret] = [row.token, row.secret].map((it) => readable(deps, row, it))
  const isInGrace = (previousValidUntil ?? 0) > deps.clock.now().getTime()
  const lastReceivedAt = await rows.lastReceivedAt(deps.store, triggerId)
  return {
    url: urlOf(deps, token as string),
    secret: `•••${(secret as string).slice(-LAST_CHARACTERS)}`,
    previousValidUntil: isInGrace ? iso(previousValidUntil as number) : null,
    changedAt: iso(changedAt),
    lastReceivedAt: lastReceivedAt === null ? null : iso(lastReceivedAt),
  }
}

const iso = (ms: number) => new Date(ms).toISOString()

function readable({ box }: WebhookDeps, row: WebhookRow, sealed: string): string {
  const text = box.open(sealed, placeOf(row))
  if (text === null)
    throw new ProblemError(
      409,
      'The webhook was sealed with other secrets of the installation (SIG_KEY, SIG_SALT), and can no longer be opened. ' +
        'Put those back, or make the trigger anew.',
    )
  return text
}

/** Another secret; the one before counts a while longer, so that callers can follow. */
export async function rotate(
  deps: WebhookDeps,
  workspaceId: number,
  triggerId: number,
  { graceSeconds, secret = newSecret() }: BodyOf<Api['rotateWebhook']>,
): Promise<AnswerOf<Api['rotateWebhook']>> {
  const { trigger, config } = await own(deps, workspaceId, triggerId)
  if (config.scheme === 'standard' && keyOf(secret) === null)
    throw unacceptable([
      { path: 'secret', message: 'is none of Standard Webhooks: whsec_ and at least 16 bytes in base64' },
    ])
  const row = await address(deps, trigger)
  const now = deps.clock.now()
  const until = graceSeconds === 0 ? null : now.getTime() + seconds(graceSeconds)
  const next = {
    secret: deps.box.close(secret, placeOf(row)),
    previousSecret: until === null ? null : row.secret,
    previousValidUntil: until,
  }
  if (!(await rows.changeSecret(deps.store, row, next, now)))
    throw new ProblemError(409, 'Somebody else has just changed the secret. Look again, then repeat it.')
  return { secret, previousValidUntil: until === null ? null : iso(until) }
}

export async function deliveries(
  deps: WebhookDeps,
  workspaceId: number,
  triggerId: number,
  { limit, cursor, verdict }: QueryOf<Api['listWebhookDeliveries']>,
): Promise<AnswerOf<Api['listWebhookDeliveries']>> {
  await own(deps, workspaceId, triggerId)
  const before = cursor === undefined ? null : Number(cursor)
  if (before !== null && !Number.isSafeInteger(before))
    throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
  const found = await rows.list(deps.store, triggerId, { before, verdict: verdict ?? null, limit: limit + 1 })
  const page = found.slice(0, limit)
  return {
    deliveries: page.map(shown),
    nextCursor: found.length > limit ? String(page.at(-1)?.id) : null,
  }
}

const shown = (it: BriefDelivery): WebhookDelivery => ({
  id: it.id,
  deliveryId: it.deliveryId,
  receivedAt: iso(it.receivedAt),
  verdict: it.verdict,
  status: it.status,
  bytes: it.bytes,
  remoteAddress: it.remoteAddress,
  reason: it.reason,
  executionId: it.executionId,
  replayOf: it.replayOf,
})

async function ownDelivery(deps: WebhookDeps, workspaceId: number, triggerId: number, deliveryId: string) {
  await own(deps, workspaceId, triggerId)
  const row = await rows.get(deps.store, triggerId, deliveryId)
  if (!row) throw notFound('delivery')
  return row
}

export async function delivery(
  deps: WebhookDeps,
  workspaceId: number,
  triggerId: number,
  deliveryId: string,
): Promise<WebhookDeliveryDetail> {
  const row = await ownDelivery(deps, workspaceId, triggerId, deliveryId)
  return {
    ...shown(row),
    // What was kept before a name counted as secret is masked, too.
    headers: maskedHeaders(JSON.parse(row.headers) as WebhookDeliveryDetail['headers']),
    query: maskedQuery(JSON.parse(row.query) as WebhookDeliveryDetail['query']),
    body: row.body,
    encoding: row.isBase64 ? 'base64' : 'text',
    trace: JSON.parse(row.trace) as WebhookDeliveryDetail['trace'],
  }
}

/** The same call once more, as a delivery of its own: judged by the filter of now. */
export async function replay(
  deps: WebhookDeps,
  workspaceId: number,
  triggerId: number,
  deliveryId: string,
): Promise<Taken> {
  const row = await ownDelivery(deps, workspaceId, triggerId, deliveryId)
  if (row.body === null)
    throw new ProblemError(
      409,
      row.verdict === 'refused'
        ? 'This call was refused: nothing of it is kept that could be sent again.'
        : 'What this call said is no longer kept (7 days): it cannot be sent again.',
    )
  const { id: _, ...sent } = row
  const again = {
    ...sent,
    ...{ deliveryId: `replay_${randomBytes(12).toString('hex')}`, replayOf: deliveryId, signature: null },
    ...{ receivedAt: deps.clock.now().getTime(), verdict: null, status: 202, remoteAddress: null },
    ...{ reason: null, executionId: null, trace: '[]' },
  }
  const { delivery } = await deps.take(again)
  const taken = await carry(deps, workspaceId, delivery)
  if (!taken) throw notFound('schedule')
  return taken
}
