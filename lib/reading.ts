/**
 * How whoever asked reads, for as long as their request is answered.
 *
 * Promise: it changes words and nothing else; outside of a request everything is as nobody has set it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { PLAIN, type Reading } from './contract/reading.ts'

const current = new AsyncLocalStorage<Reading>()

export const readingNow = (): Reading => current.getStore() ?? PLAIN
export const readAs = <Answer>(reading: Reading, perform: () => Answer): Answer =>
  current.run(reading, perform)

/** For the pages, which the framework draws from its own copy of every module. */
export function pinReading(): void {
  Object.assign(globalThis, { [Symbol.for('carillon.reading')]: readingNow })
}
