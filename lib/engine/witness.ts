/**
 * What this machine has seen of its database, kept beside it: the time of the newest sign of life that was
 * committed there.
 *
 * Promise: a database that is older than what was seen is known for what it is, a backup that was put back.
 */
import { readFileSync, writeFileSync } from 'node:fs'

export interface Witness {
  /** Null where nothing was seen yet. */
  lastSeen(): Date | null
  /** Called after the commit. */
  saw(at: Date): void
}

export const witnessIn = (file: string): Witness => ({
  lastSeen() {
    try {
      const seen = new Date(readFileSync(file, 'utf8').trim())
      return Number.isNaN(seen.getTime()) ? null : seen
    } catch {
      return null
    }
  },
  saw(at) {
    try {
      writeFileSync(file, `${at.toISOString()}\n`)
    } catch {
      // A full disk is told by what needs it.
    }
  },
})
