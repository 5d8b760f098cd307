/**
 * The wall clock was set back: it had been ahead, or somebody has set it wrong.
 *
 * Promise: what has run does not run again, and every other instant from now on fires; health and the history
 * say what happened.
 */
import type { Logger } from 'pino'
import { setBack } from '#db/queries/clock.ts'
import type { Store } from '#db/store.ts'
import { type Clock, seconds } from '../clock.ts'
import { lengthOf } from './wording.ts'

/** The clock may be set back a little at any time. */
export const WORTH_A_WORD_MS = seconds(5)

export type WentBack = (byMs: number, since: Date) => Promise<void>

export function createWentBack({ store, clock, log }: { store: Store; clock: Clock; log: Logger }): WentBack {
  return async (byMs, since) => {
    log.warn({ byMs }, 'The clock was set back. What has run does not run again; all else fires from now on.')
    const reason = `The clock was set back by ${lengthOf(byMs)}.`
    const early = `${reason} This was recorded before its time; the instant fires at its true one.`
    await setBack(store, { now: clock.now(), since, byMs, reason, early })
  }
}
