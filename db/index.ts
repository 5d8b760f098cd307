/**
 * Opens the store that the configuration names. A new
 * database is one file beside these two and one line here.
 */
import { join } from 'node:path'
import type { Env } from '#lib/env.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite/index.ts'
import type { Store } from './store.ts'

/**
 * `exclusive`: for a server, which takes a SQLite file for
 * itself; tools such as `npm run api-key` look in beside it.
 */
export async function openStore(
  env: Pick<Env, 'DATA_DIR' | 'DATABASE_URL'>,
  { exclusive }: { exclusive: boolean },
): Promise<Store> {
  if (env.DATABASE_URL) return openPostgres({ url: env.DATABASE_URL })
  return openSqlite({ file: join(env.DATA_DIR, 'carillon.db'), exclusive })
}
