/**
 * The account library writes through its own adapter, past `store.atomically`: this makes it wait, as every
 * other write does, while another process holds the database.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { DBAdapter, DBAdapterInstance } from 'better-auth/types'

const RETRIES = 60
const PAUSE_MS = 100

const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code))) || isBusy(error.cause))

async function waiting<Answer>(write: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      if (!isBusy(error) || attempt === RETRIES) throw error
      await pause(PAUSE_MS)
    }
  }
}

export function patient(instance: DBAdapterInstance): DBAdapterInstance {
  return (options) => {
    const adapter = instance(options)
    const waits: DBAdapter = {
      ...adapter,
      create: (data) => waiting(() => adapter.create(data)),
      update: (data) => waiting(() => adapter.update(data)),
      updateMany: (data) => waiting(() => adapter.updateMany(data)),
      delete: (data) => waiting(() => adapter.delete(data)),
      deleteMany: (data) => waiting(() => adapter.deleteMany(data)),
      transaction: (steps) => steps(waits),
    }
    return waits
  }
}
