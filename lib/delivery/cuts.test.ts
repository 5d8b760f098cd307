/**
 * Servers that die anywhere between an outcome and its delivery.
 *
 * What must hold at each cut: no delivery stays behind, a receiver that tells repeats gets each message and can tell
 * them apart, one that cannot gets none twice, and where nobody knows the log says so.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSqlite } from '#db/sqlite/index.ts'
import type { Store } from '#db/store.ts'
import { minutes } from '../clock.ts'
import { ADA, world } from '../engine/testing/world.ts'
import { receiver, type Receiver } from './testing/receiver.ts'
import { telling } from './testing/telling.ts'

let peer: Receiver
let store: Store
beforeAll(async () => {
  peer = await receiver()
  store = await openSqlite({ file: ':memory:' })
})
afterAll(async () => {
  await Promise.all([peer.close(), store.close()])
})

const CUTS = 200
/** From the seed, always the same. */
function dice(seed: number) {
  let state = seed * 2_654_435_761 + 1
  return (most: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * most)
  }
}

class Dead extends Error {}
/**
 * The store of a server that comes through so many statements and then dies: of the one at which it dies, by the seed,
 * either nothing was written or all was and nobody heard.
 */
function mortal(given: Store, lives: number, hearsNothing: boolean): { store: Store; isDead(): boolean } {
  let left = lives
  const call = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    if (left < 0) throw new Dead()
    if (left-- > 0) return work()
    if (hearsNothing) await work()
    throw new Dead()
  }
  return {
    isDead: () => left < 0,
    store: {
      ...given,
      all: (statement) => call(() => given.all(statement)),
      atomically: (statements) => call(() => given.atomically(statements)),
    },
  }
}

test(`through ${CUTS} deaths nothing is lost, and nothing is sent twice to who cannot tell`, async () => {
  const it = await world(store, { shared: true })
  await it.start()
  const living = telling(it, 'living')
  const hook = { url: `${peer.origin}/hook`, secret: 'a secret of some length' }
  const webhook = await living.channel('webhook', hook, { maxPerHour: 1_000 })
  const ntfy = await living.channel('ntfy', { server: peer.origin, topic: 'x' }, { maxPerHour: 1_000 })
  await living.rule(webhook, ['success'])
  await living.rule(ntfy, ['success'])
  const { id } = await it.schedule({ cronExpression: '0 0 1 1 *', overlap: 'allow_all' })
  const seen = { unknown: 0, sent: 0 }

  for (let seed = 0; seed < CUTS; seed++) {
    const roll = dice(seed)
    await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.settled(seed + 1, id)
    const dying = mortal(store, roll(14), roll(2) === 1)
    await telling({ ...it, store: dying.store }, `dying-${seed}`).deliveries.look()
    it.clock.advance(minutes(4))
    await living.deliveries.look()
    it.clock.advance(minutes(4))
    await living.deliveries.look()
  }

  const log = await living.log()
  expect(log).toHaveLength(2 * CUTS)
  for (const one of log) {
    const path = one.channelId === webhook ? '/hook' : '/'
    const sent = peer.taken.filter(
      ({ path: at, body }) => at === path && body.includes(`/executions/${one.executionId}"`),
    )
    if (one.channelId === webhook) {
      expect([one.id, one.status]).toEqual([one.id, 'sent'])
      expect(sent.length).toBeGreaterThan(0)
      expect(new Set(sent.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([`dlv_${one.id}`]))
    } else {
      expect(sent.length).toBeLessThanOrEqual(1)
      expect(['sent', 'unknown']).toContain(one.status)
      if (one.status === 'sent') expect(sent).toHaveLength(1)
      seen[one.status as keyof typeof seen]++
    }
  }
  // The cuts were where they hurt: some before the message left, some after.
  expect(seen.unknown).toBeGreaterThan(0)
  expect(seen.sent).toBeGreaterThan(0)
  await it.stop()
}, 120_000)
