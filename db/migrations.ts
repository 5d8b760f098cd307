/** Where the generated migrations are, and how new this program's newest one is. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const MIGRATIONS = join(import.meta.dirname, 'migrations')

/**
 * When the newest migration of this program was made, in
 * milliseconds: what the database stores for each that was applied.
 */
export function latestMigration(dialect: 'sqlite' | 'postgres'): number {
  const journal = JSON.parse(readFileSync(join(MIGRATIONS, dialect, 'meta', '_journal.json'), 'utf8')) as {
    entries: { when: number }[]
  }
  return Math.max(...journal.entries.map((it) => it.when))
}
