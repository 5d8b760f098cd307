/**
 * Lets go what was held: quiet hours have ended, it is time for the digest, or the hour has room again.
 *
 * Promise: what a channel held of a workspace goes as one message, and each delivery in it says with which.
 */
import * as rows from '#db/queries/deliveries.ts'
import type { Store } from '#db/store.ts'
import type { Message } from './port.ts'
import { freeFrom } from './rules.ts'
import { gathered } from './words.ts'

const PAGE = 1_000

export async function releaseHeld(
  { store, baseUrl }: { store: Store; baseUrl: string },
  now: Date,
): Promise<void> {
  const held = await rows.heldUntilNow(store, now, PAGE)
  for (const them of Map.groupBy(held, (it) => `${it.channelId} ${it.workspaceId}`).values()) {
    const [leader, ...others] = them
    if (!leader) continue
    const until = await roomFrom(store, leader, now)
    if (until > now) {
      await rows.holdLonger(
        store,
        them.map((it) => it.id),
        until,
      )
      continue
    }
    const message = gathered(them.map(messageIn), { baseUrl, slug: leader.slug })
    await rows.gather(store, { leader, others, message }, now)
  }
}

const messageIn = (it: rows.Held) => JSON.parse(it.message ?? '{}') as Message

async function roomFrom(store: Store, { channelId, maxPerHour }: rows.Held, now: Date): Promise<Date> {
  const last = (await rows.lastHour(store, [channelId], now)).get(channelId) ?? []
  const went = last.map((it) => new Date(it))
  // Of a channel that is no more the sender says so.
  return maxPerHour === null ? now : freeFrom(maxPerHour, went, now)
}
