/**
 * Tells people elsewhere what happened.
 *
 * Promise: what is owed is judged, sent and recorded by some server that is alive. Whoever sends one holds it for a
 * while, in the row; what a dead server held is taken over, and sent again only where the receiver can tell a repeat.
 * Nothing here changes an execution, and nobody waits for it.
 */
import type { ChannelRow } from '#db/queries/channels.ts'
import * as rows from '#db/queries/deliveries.ts'
import { type Clock, minutes, seconds } from '../clock.ts'
import type { ChannelTest } from '../contract/delivery.ts'
import { createGuardedFetch } from '../net/guarded-fetch.ts'
import { OUTSIDE } from '../net/judge-url.ts'
import { createAlarm } from './alarm.ts'
import { releaseHeld } from './gathering.ts'
import { judgeAll } from './judging.ts'
import type { Ways } from './port.ts'
import { type Sender, sendOne, sendTest, takeOver } from './sending.ts'

export type { Opened } from './sending.ts'

/** Longer than any channel takes to send. */
const HELD_MS = minutes(3)
const LOOK_EVERY_MS = seconds(30)
/** Hints come with every page of outcomes. */
const PAUSE_MS = seconds(0.2)
const AT_ONCE = 16
/** Of one workspace, by all servers. */
const AT_ONCE_OF_ONE = 4
const GRACE_MS = seconds(10)

export interface DeliveryDeps extends Omit<Sender, 'ways'> {
  allowedPrivateNetworks: string[]
  mail: Ways['mail']
  push: Ways['push']
}
export type Deliveries = ReturnType<typeof createDeliveries>

export function createDeliveries(deps: DeliveryDeps) {
  const { store, clock, log } = deps
  const ways = waysOf(deps)
  const sender: Sender = { ...deps, ways }
  const stopped = new AbortController()
  const inFlight = new Set<Promise<void>>()
  let stopListening = () => {}
  let round: Promise<void> | null = null
  const alarm = createAlarm(clock, () => void look().then(lookInTime))

  /** One round at a time: who asks while one is on waits for it, and has another. */
  async function look(): Promise<void> {
    while (round) await round
    if (stopped.signal.aborted) return
    round = lookOnce(sender, inFlight, begin).catch((error: unknown) =>
      log.warn({ err: error }, 'Deliveries wait: later again.'),
    )
    await round
    round = null
  }
  async function lookInTime(): Promise<void> {
    const at = await rows.nextAt(store).catch(() => null)
    const ms = at === null ? LOOK_EVERY_MS : Math.max(PAUSE_MS, at - clock.now().getTime())
    alarm.in(Math.min(LOOK_EVERY_MS, ms))
  }

  function begin(it: rows.Taken): void {
    const lost = (error: unknown) =>
      log.error({ err: error, deliveryId: it.id }, 'What became of a delivery could not be recorded.')
    const sending = sendOne(sender, it, stopped.signal)
      .catch(lost)
      .finally(() => {
        inFlight.delete(sending)
        alarm.in(0)
      })
    inFlight.add(sending)
  }

  return {
    /** Resolves when all that may go just now has gone. */
    async look(): Promise<void> {
      do {
        await Promise.all(inFlight)
        await look()
      } while (inFlight.size > 0)
    },
    /** A message that says what it is, at once, and nothing of it is kept. */
    test: (channel: ChannelRow): Promise<ChannelTest> => sendTest(sender, channel),
    /** Something may have happened. */
    soon: () => alarm.in(PAUSE_MS),
    async start(onHint: (listener: () => void) => () => void): Promise<void> {
      // Every other server of such a database is dead.
      if (!store.shared) await rows.believeAllDead(store, clock.now())
      stopListening = onHint(() => alarm.in(PAUSE_MS))
      alarm.in(0)
    },
    /** Sends nothing more, and waits a little for what is on its way. */
    async stop(): Promise<void> {
      stopped.abort()
      stopListening()
      alarm.off()
      await atMost(clock, GRACE_MS, Promise.all([round, ...inFlight]))
      await Promise.all([ways.fetch.close(), ways.outside.fetch.close()])
    },
  }
}

function waysOf({ clock, mail, push, ...policy }: DeliveryDeps) {
  const common = { push, now: () => clock.now() }
  const send: Ways['mail']['send'] = (owner, it, signal) =>
    mail.send(owner, { ...it, onlyOutside: true }, signal)
  const outside = { ...common, fetch: createGuardedFetch({ ...OUTSIDE, clock }), mail: { send } }
  return { ...common, fetch: createGuardedFetch({ ...policy, clock }), mail, outside }
}

async function lookOnce(
  sender: Sender,
  inFlight: ReadonlySet<unknown>,
  begin: (it: rows.Taken) => void,
): Promise<void> {
  const { store, clock, baseUrl, log } = sender
  await judgeAll({ store, baseUrl, log }, () => clock.now())
  await releaseHeld({ store, baseUrl }, clock.now())
  for (const it of await rows.leftByTheDead(store, clock.now(), AT_ONCE)) await takeOver(sender, it)
  const limit = AT_ONCE - inFlight.size
  if (limit <= 0) return
  const now = clock.now()
  const until = new Date(now.getTime() + HELD_MS)
  const taken = await rows.takeDue(store, { owner: sender.serverId, now, until, most: AT_ONCE_OF_ONE, limit })
  for (const it of taken) begin(it)
}

async function atMost(clock: Pick<Clock, 'after'>, ms: number, work: Promise<unknown>): Promise<void> {
  let callOff = () => {}
  const late = new Promise<void>((resolve) => {
    callOff = clock.after(ms, resolve)
  })
  await Promise.race([work, late])
  callOff()
}
