/** The databases that the tests run on: a SQLite file, and a real PostgreSQL that the tests start themselves. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres } from '../postgres.ts'
import { openSqlite } from '../sqlite.ts'
import type { Store } from '../store.ts'
import { freshDatabase } from './fresh-database.ts'

/** Two connections to one fresh database, so that they can race. */
export interface Opened { store: Store; second: Store; close(): Promise<void> }

async function sqlite(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-test-'))
  const file = join(folder, 'carillon.db')
  const store = await openSqlite({ file })
  const second = await openSqlite({ file })
  return {
    store,
    second,
    async close() {
      await Promise.all([store.close(), second.close()])
      rmSync(folder, { recursive: true })
    },
  }
}

async function postgres(): Promise<Opened> {
  const database = await freshDatabase()
  const store = await openPostgres({ url: database.url, connections: 4 })
  const second = await openPostgres({ url: database.url, connections: 4 })
  return {
    store,
    second,
    async close() {
      await Promise.all([store.close(), second.close()])
      await database.drop()
    },
  }
}

export const stores: { name: string; open(): Promise<Opened> }[] = [{ name: 'SQLite', open: sqlite }, { name: 'PostgreSQL', open: postgres }]
