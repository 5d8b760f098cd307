/**
 * Sends one delivery, and records what came of it.
 *
 * Promise: what a channel was given in confidence is opened for its message, and hidden in all that is said of it; who
 * has sent something does not give up recording it while it is still held.
 */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import * as channels from '#db/queries/channels.ts'
import * as rows from '#db/queries/deliveries.ts'
import { mayReachInside } from '#db/queries/rights.ts'
import { isUnavailable, type Store } from '#db/store.ts'
import { type Clock, rest, seconds } from '../clock.ts'
import type { ChannelTest, DeliveryAttempt, DeliveryStatus } from '../contract/delivery.ts'
import { channelKinds } from './channels/index.ts'
import { fitted, legible } from './fitting.ts'
import type { Message, Sending, Sent, Ways } from './port.ts'
import { nextOf } from './rules.ts'

/** What a channel is set to, opened for one message; or why it cannot be. */
export type Opened = { config: unknown; hide(text: string): string } | { problem: string }

export interface Sender {
  store: Store
  clock: Clock
  log: Logger
  serverId: string
  baseUrl: string
  ways: Ways
  open(channel: channels.ChannelRow): Promise<Opened>
  hint(workspaceIds: number[]): void
  /** What became of one. */
  observe?(status: DeliveryStatus): void
}

const isTelling = (kind: string): kind is keyof typeof channelKinds => Object.hasOwn(channelKinds, kind)

/** Its sender has not come back: whether it was sent, nobody knows. */
export async function takeOver(
  { store, clock, hint }: Sender,
  it: Awaited<ReturnType<typeof rows.leftByTheDead>>[number],
) {
  const now = clock.now()
  const heard = await channels.hearing(store, it.workspaceId, it.channelId)
  const channel = 'channel' in heard ? heard.channel : null
  const tellsRepeats = channel !== null && isTelling(channel.kind) && channelKinds[channel.kind].tellsRepeats
  const detail = 'The server ended while it was being sent. Whether it arrived is unknown.'
  await keep({ store, hint }, it, { kind: 'unknown', detail }, { tellsRepeats, now, pauses: false })
}

export async function sendOne(deps: Sender, it: rows.Taken, signal: AbortSignal): Promise<void> {
  const { clock, observe } = deps
  const { sent, tellsRepeats } = await sentOf(deps, it)
  for (;;) {
    try {
      const by = { ...it, owner: deps.serverId }
      const status = await keep(deps, by, sent, { tellsRepeats, now: clock.now(), pauses: true })
      if (status) observe?.(status)
      return
    } catch (error) {
      // Who sent it knows what became of it: that is not given up while it is still held.
      if (!isUnavailable(error)) throw error
      await rest(clock, seconds(1), signal)
    }
  }
}

export async function sendTest(deps: Sender, channel: channels.ChannelRow): Promise<ChannelTest> {
  const given = { id: `test_${randomUUID()}`, message: testMessage(deps), workspaceId: channel.workspaceId }
  const sent = await sentThrough(deps, channel, given)
  return { ok: sent.kind === 'sent', detail: sent.detail }
}
const testMessage = ({ baseUrl, clock }: Sender): Message => ({
  event: 'notable',
  title: 'Carillon can reach you here',
  text: 'Somebody asked Carillon to send this, to see whether it arrives. There is nothing to do.',
  url: baseUrl,
  at: clock.now().toISOString(),
  about: { execution: null, trigger: null },
})

/** Of what a receiver answers. */
const MOST_TOLD = 300

type Outcome = Sent | { kind: 'suppressed'; detail: string }
interface Tried {
  sent: Outcome
  tellsRepeats: boolean
}
/** What fails on the way to its sending fails before anything has left. */
async function sentOf(deps: Sender, it: rows.Taken): Promise<Tried> {
  try {
    return await triedOf(deps, it)
  } catch (error) {
    deps.log.warn({ err: error, deliveryId: it.id }, 'The settings of a channel could not be read.')
    const detail = 'Its settings could not be read just now.'
    return { sent: { kind: 'refused', detail, lasting: false }, tellsRepeats: false }
  }
}
async function triedOf(deps: Sender, it: rows.Taken): Promise<Tried> {
  const { store } = deps
  const heard = await channels.hearing(store, it.workspaceId, it.channelId)
  const suppressed = (detail: string): Tried => ({
    sent: { kind: 'suppressed', detail },
    tellsRepeats: false,
  })
  if ('why' in heard) return suppressed(heard.why)
  const { channel } = heard
  if (!isTelling(channel.kind)) return suppressed('The channel is of a kind that this server does not know.')
  const { tellsRepeats } = channelKinds[channel.kind]
  if (!channel.enabled) return suppressed(channel.problem ?? 'The channel is switched off.')
  const message = JSON.parse(it.message ?? '{}') as Message
  const given = { id: `dlv_${it.id}`, message, workspaceId: it.workspaceId }
  return { sent: await sentThrough(deps, channel, given), tellsRepeats }
}

async function sentThrough(
  { store, log, open, ways }: Sender,
  channel: channels.ChannelRow,
  given: Pick<Sending, 'id' | 'message' | 'workspaceId'>,
): Promise<Sent> {
  const opened = await open(channel)
  if ('problem' in opened) return { kind: 'refused', detail: opened.problem, lasting: false }
  const { config, send } = channelKinds[channel.kind as keyof typeof channelKinds]
  if (!config.safeParse(opened.config).success) {
    const detail = 'Its settings are not what such a channel needs. Enter them again.'
    return { kind: 'refused', detail, lasting: true }
  }
  const { userId } = channel
  const isOnlyOutside = userId !== null && !(await mayReachInside(store, userId))
  const sending = {
    ...given,
    userId,
    ways: isOnlyOutside ? { ...ways.outside, outside: ways.outside } : ways,
  }
  try {
    const sent = await send(opened.config, sending)
    return { ...sent, detail: fitted(legible(opened.hide(sent.detail)), { most: MOST_TOLD }) }
  } catch (error) {
    // What it says may hold what the channel was given in confidence.
    log.error({ error: opened.hide(String(error)), channelId: channel.id }, 'A channel broke off.')
    return { kind: 'unknown', detail: 'It broke off. Whether it arrived is unknown.' }
  }
}

interface Holder {
  id: number
  workspaceId: number
  owner: string
  tries: number
  attempts: string
}
/** Records what came of a try; answers the end that it came to, if it did. */
async function keep(
  { store, hint }: Pick<Sender, 'store' | 'hint'>,
  it: Holder,
  sent: Outcome,
  { tellsRepeats, now, pauses }: { tellsRepeats: boolean; now: Date; pauses: boolean },
): Promise<DeliveryStatus | null> {
  const before = JSON.parse(it.attempts) as DeliveryAttempt[]
  const { status, reason, nextAttemptAt, gone } = recordedAs(sent, it.tries, tellsRepeats, now)
  const attempt =
    sent.kind === 'suppressed' ? [] : [{ at: now.toISOString(), status: sent.kind, detail: sent.detail }]
  const kept = await rows.keepTried(
    store,
    it,
    {
      ...{ status, reason, attempts: [...before, ...attempt] },
      nextAttemptAt: nextAttemptAt && !pauses ? now : nextAttemptAt,
      channelProblem: gone ? `Switched off: its receiver says that it is gone (${sent.detail}).` : null,
    },
    now,
  )
  if (!kept) return null
  if (status !== 'sent') hint([it.workspaceId])
  return status === 'pending' ? null : status
}

function recordedAs(sent: Outcome, tries: number, tellsRepeats: boolean, now: Date) {
  const ended = (status: DeliveryStatus, reason: string | null) => ({
    status,
    reason,
    nextAttemptAt: null,
    gone: false,
  })
  if (sent.kind === 'suppressed') return ended('suppressed', sent.detail)
  const next = nextOf(sent, tries, tellsRepeats, now)
  switch (next.kind) {
    case 'sent':
      return ended('sent', null)
    case 'again':
      return { status: 'pending' as const, reason: next.reason, nextAttemptAt: next.at, gone: false }
    case 'failed':
      return { ...ended('failed', next.reason), gone: next.gone }
    case 'unknown':
      return ended('unknown', next.reason)
  }
}
