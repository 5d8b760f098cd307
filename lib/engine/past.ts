/**
 * What a server finds when it starts: how long nothing ran, a clock that is behind, a backup that was put back.
 *
 * Promise: it is remembered before anything fires, so that missed instants can say why.
 */
import type { Logger } from 'pino'
import { beginStoryAnew } from '#db/queries/events.ts'
import { addOutage, forgetServers, lastBeat } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { type Clock, days } from '../clock.ts'
import { WORTH_A_WORD_MS, type WentBack } from './went-back.ts'
import type { Witness } from './witness.ts'

export interface PastDeps {
  store: Store
  clock: Clock
  log: Logger
  serverId: string
  leaseMs: number
  wentBack: WentBack
  witness: Pick<Witness, 'lastSeen'>
}

export function createPast({ store, clock, log, serverId, leaseMs, wentBack, witness }: PastDeps) {
  /** Clients have seen numbers of events that a backup does not know of. */
  async function noticeBackup(last: Date | null): Promise<void> {
    const seen = witness.lastSeen()
    if (seen === null || (last !== null && last >= seen)) return
    log.warn(
      { seen, last },
      'The database is older than what this server has seen of it: a backup was put back. ' +
        'Clients are told to read everything afresh.',
    )
    await beginStoryAnew(store)
  }

  async function noticeOutage(last: Date, now: Date): Promise<void> {
    const othersAlive = store.shared && now.getTime() - last.getTime() < leaseMs
    if (othersAlive || last >= now) return
    const reason = 'The server was down.'
    await addOutage(store, { kind: 'down', reason, startedAt: last, endedAt: now })
  }

  return async (): Promise<void> => {
    const now = clock.now()
    const last = await lastBeat(store, serverId)
    const behindMs = last === null ? 0 : last.getTime() - now.getTime()
    if (behindMs > WORTH_A_WORD_MS) await wentBack(behindMs, now)
    await noticeBackup(last)
    if (last) await noticeOutage(last, now)
    const deadSince = now.getTime() + (store.shared ? -days(1) : days(36_500))
    await forgetServers(store, serverId, new Date(deadSince))
  }
}
