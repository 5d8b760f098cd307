/**
 * What programs do that call a webhook.
 *
 * Promise: a call is kept before anything comes of it, and only once for an id; who sends it again hears what became
 * of the first. What is refused says why to the log, and nothing to the caller.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { evaluated } from '#db/queries/evaluations.ts'
import * as rows from '#db/queries/webhooks.ts'
import type { CalledWebhook, DeliveryRow, NewDelivery } from '#db/queries/webhooks.ts'
import { isUnavailable } from '#db/store.ts'
import type { Box } from '../agents/sealed.ts'
import { seconds } from '../clock.ts'
import { notFound, ProblemError } from '../contract/problem.ts'
import type { Execution } from '../contract/execution.ts'
import type { Taken } from '../contract/webhook.ts'
import type { WebhookConfig } from '../contract/webhook-trigger.ts'
import { digestOf, isToken, placeOf } from '../triggers/webhook/address.ts'
import {
  coversId,
  headersOf,
  idOf,
  maskedHeaders,
  maskedQuery,
  queryOf,
  subjectOf,
  textOf,
} from '../triggers/webhook/reading.ts'
import { verify } from '../triggers/webhook/verifying.ts'
import { type CarryDeps, carry, configOf, duplicateOf } from './carrying.ts'
import type { Endings } from './endings.ts'
import { keepLooking, LEFT_BEHIND_MS } from './left-behind.ts'
import { requireKeepingUp } from './keeping-up.ts'
import type { Receiving } from './receiving.ts'

export interface HookDeps extends CarryDeps, Receiving {
  box: Box
  endings: Endings
  isStopping(): boolean
  log: Logger
}

export interface HookCall {
  headers: Headers
  query: URLSearchParams
  body: Buffer
  remoteAddress: string | null
}

/**
 * @throws ProblemError 404, alike for an address that never was, is no more, or cannot be one; 503 while the server
 * stops.
 */
export async function at({ store, isStopping }: HookDeps, token: string): Promise<CalledWebhook> {
  if (isStopping()) throw new ProblemError(503, 'The server is stopping. Try again in a moment.')
  const found = isToken(token) ? await rows.byToken(store, digestOf(token)) : null
  if (!found) throw notFound('webhook')
  return found
}

/** @throws ProblemError 429 where more has happened in its workspace than triggers were held against. */
export const requireRoom = (_deps: object, { behind }: Pick<CalledWebhook, 'behind'>): void =>
  requireKeepingUp(behind)

export type Answered = { status: 200 | 202; answer: Taken | { execution: Execution } }

/** @throws ProblemError 401 where it is not genuine, 409 where its id came with another body, 422 where it is none. */
export async function receive(deps: HookDeps, hook: CalledWebhook, call: HookCall): Promise<Answered> {
  const { take, endings } = deps
  const config = configOf(hook)
  if (!config) throw notFound('webhook')
  const headers = headersOf(call.headers)
  const query = queryOf(call.query)
  const judged = verify(config, secretsOf(deps, hook), { headers, body: call.body }, deps.clock.now())
  if (!judged.genuine) throw refusal(401, 'The call is not signed as it must be.', judged.reason)
  const text = textOf(call.body)
  const subject = subjectOf(headers, query, text)
  const named = idOf(config, headers, subject)
  if ('malformed' in named) throw refusal(422, named.malformed)
  const { id } = named
  const isNew = {
    ...deliveryOf(deps, hook, call),
    ...(id !== null && { deliveryId: id }),
    signature: coversId(config.scheme, id) ? null : judged.signature,
    bodyHash: createHash('sha256').update(call.body).digest('hex'),
    body: text ?? call.body.toString('base64'),
    isBase64: text === null,
  }
  const { isFirst, delivery } = await take(isNew)
  if (!isFirst) return repeated(deps, hook, delivery, isNew)
  const taken = (await carried(deps, hook, delivery, { config, subject })) ?? isGone()
  return answerOf(taken, await resultOf(endings, config, hook.workspaceId, taken))
}

/** It was there when the call was taken in: the log has that already. */
const isGone = (): never => {
  throw Object.assign(notFound('webhook'), { isLogged: true })
}

/** Says why to the log, and to the caller only `detail`. */
const refusal = (status: number, detail: string, because = detail) =>
  Object.assign(new ProblemError(status, detail), { because })

/** What is sent again gets what became of the first; whoever took that in may still be at it, or gone. */
async function repeated(
  deps: HookDeps,
  hook: CalledWebhook,
  first: DeliveryRow,
  again: NewDelivery,
): Promise<Answered> {
  const { deliveryId, verdict } = first
  if (first.bodyHash !== again.bodyHash) {
    // In the log it stands by itself: under the id it would be shown with what the first one said.
    const detail = 'A delivery with this id was received before, and it was another one.'
    throw refusal(
      409,
      detail,
      `A delivery with the id “${deliveryId}” was received before: it said something else.`,
    )
  }
  const { executionId } =
    verdict === null
      ? ((await (deps.underway.get(first.id) ?? carried(deps, hook, first))) ?? isGone())
      : first
  const entry = {
    ...again,
    ...{ deliveryId, verdict: 'duplicate' as const, status: 200, executionId, body: null },
  }
  await rows.log(deps.store, entry, evaluated([duplicateOf(first)], deps.clock.now()))
  return { status: 200, answer: { deliveryId, executionId, verdict: 'duplicate' } }
}

/** Whoever sends it again meanwhile waits for what becomes of it. */
async function carried(
  deps: HookDeps,
  { workspaceId }: CalledWebhook,
  delivery: DeliveryRow,
  known?: Parameters<typeof carry>[3],
): Promise<Taken | null> {
  const carrying = carry(deps, workspaceId, delivery, known)
  deps.underway.set(delivery.id, carrying)
  try {
    return await carrying
  } finally {
    deps.underway.delete(delivery.id)
  }
}

async function resultOf(
  endings: Endings,
  { respond, waitSeconds }: WebhookConfig,
  workspaceId: number,
  { verdict, executionId }: Taken,
): Promise<Execution | null> {
  if (respond === 'accepted' || verdict !== 'accepted' || executionId === null) return null
  return endings.of({ workspaceId, executionId, withinMs: seconds(waitSeconds) })
}

const STATUS = { accepted: 202, collected: 202, paused: 202, filtered: 200, duplicate: 200 } as const
const answerOf = (taken: Taken, execution: Execution | null): Answered =>
  execution ? { status: 200, answer: { execution } } : { status: STATUS[taken.verdict], answer: taken }

/** Keeps in the log that a call was refused, without what it said. */
export async function refused(
  deps: HookDeps,
  hook: CalledWebhook,
  call: HookCall,
  why: { status: number; reason: string; bytes: number },
): Promise<void> {
  await rows.log(deps.store, {
    ...deliveryOf(deps, hook, call),
    ...why,
    verdict: 'refused',
  })
}

/** Of a call without an id of its own. */
const newDeliveryId = () => `call_${randomBytes(12).toString('hex')}`

const deliveryOf = (
  { clock }: HookDeps,
  { triggerId }: CalledWebhook,
  { headers, query, body, remoteAddress }: HookCall,
): NewDelivery => ({
  ...{ triggerId, deliveryId: newDeliveryId(), first: null, signature: null },
  ...{ receivedAt: clock.now().getTime(), verdict: null, status: 202, bytes: body.length, remoteAddress },
  ...{
    reason: null,
    executionId: null,
    replayOf: null,
    bodyHash: '',
    body: null,
    isBase64: false,
    trace: '[]',
  },
  headers: JSON.stringify(maskedHeaders(headersOf(headers))),
  query: JSON.stringify(maskedQuery(queryOf(query))),
})

/** Those that count now. */
function secretsOf({ box, clock }: HookDeps, hook: CalledWebhook): string[] {
  const { secret, previousSecret, previousValidUntil } = hook
  const previous = (previousValidUntil ?? 0) > clock.now().getTime() ? previousSecret : null
  return [secret, previous].flatMap((it) => (it === null ? [] : (box.open(it, placeOf(hook)) ?? [])))
}

const PAGE = 50

/**
 * Looks for calls that were left behind as long as the server lives. Answers how to end that, and every wait for a
 * result.
 */
export function keepCarrying(deps: HookDeps): () => void {
  const end = keepLooking(
    deps,
    () => carryLeftBehind(deps),
    'Could not look for calls that were left behind.',
  )
  return () => {
    end()
    deps.endings.close()
  }
}

/** Carries what servers took in that died before anything came of it, each by itself. Answers how many. */
export async function carryLeftBehind(deps: HookDeps): Promise<number> {
  const { store, clock, log } = deps
  const before = new Date(clock.now().getTime() - LEFT_BEHIND_MS)
  let carried = 0
  for (let after = 0; ; ) {
    const page = await rows.leftBehind(store, { before, after, limit: PAGE })
    for (const { workspaceId, ...delivery } of page) {
      try {
        await carry(deps, workspaceId, delivery)
        carried++
      } catch (error) {
        if (isUnavailable(error)) throw error
        const { triggerId, deliveryId } = delivery
        log.warn({ err: error, triggerId, deliveryId }, 'A call that was left behind could not be carried.')
      }
    }
    const last = page.at(-1)
    if (!last || page.length < PAGE) return carried
    after = last.id
  }
}
