/**
 * Reads what was put on the shelf: one file after another, in the order in which they came.
 *
 * Promise: a document that waits to be read is read by some server that is alive. Whoever reads one holds it for a
 * while, in the row; what a dead server held is taken up by the next, and what broke three of them is left.
 */
import type { Logger } from 'pino'
import * as reading from '#db/queries/reading.ts'
import type { Store } from '#db/store.ts'
import { type Clock, minutes } from '../clock.ts'
import type { Extract, Extracted } from './extract.ts'
import { rounds } from './rounds.ts'
import { kindOf } from './types.ts'

const HELD_MS = minutes(2)
const LOOK_EVERY_MS = minutes(1)
const MOST_ATTEMPTS = 3
const GIVEN_UP = 'Reading it was broken off three times. Send it again, in parts or as plain text.'

export interface ShelfDeps {
  store: Store
  clock: Clock
  log: Logger
  extract: Extract
  /** What is to be done with what was read; resolves when nothing waits. */
  index?(signal: AbortSignal): Promise<void>
}

export function createShelf({ store, clock, log, extract, index }: ShelfDeps) {
  const stopped = new AbortController()
  let callOff: (() => void) | null = null

  const isStopped = () => stopped.signal.aborted
  async function readAll(): Promise<void> {
    while (!isStopped()) {
      const found = await reading.take(store, { now: clock.now(), heldMs: HELD_MS })
      if (!found) break
      await read(found)
    }
  }

  async function read(taken: reading.Taken): Promise<void> {
    const isLeft = taken.attempts > MOST_ATTEMPTS
    const it = isLeft || isStopped() ? { problem: GIVEN_UP } : await textOf(taken)
    // What was broken off here is free for whoever is alive, and is not counted.
    if (isStopped()) await reading.release(store, taken)
    else await reading.settle(store, taken, it, clock.now())
  }

  async function textOf(taken: reading.Taken): Promise<Extracted> {
    const bytes = await reading.bytesOf(store, taken.id)
    const { reading: how } = kindOf(bytes, taken.name)
    return how ? extract({ reading: how, bytes }, stopped.signal) : { problem: GIVEN_UP }
  }

  const failed = (words: string) => (error: Error) => log.warn({ error: error.message }, words)
  const readings = rounds(readAll, failed('documents could not be read; later again'))
  // By itself: a model that takes its time keeps no file from being read.
  const indexings = rounds(async () => {
    if (!isStopped()) await index?.(stopped.signal)
  }, failed('documents could not be embedded; later again'))

  /** Reads what waits, and has its meaning worked out; resolves when nothing waits any more. */
  async function look(): Promise<void> {
    await readings.look()
    await indexings.look()
  }
  function lookLater(): void {
    callOff = clock.after(LOOK_EVERY_MS, () => {
      void look()
      lookLater()
    })
  }

  return {
    look,
    async start(): Promise<void> {
      // Every other server of such a database is dead.
      if (!store.shared) await reading.releaseAll(store)
      void look()
      lookLater()
    },
    async stop(): Promise<void> {
      stopped.abort()
      callOff?.()
      await look()
    },
  }
}
