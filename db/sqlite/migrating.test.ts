/** A file of the version before, brought up to date: what refers to a table that is made anew stays. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, cpSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { afterAll, expect, test } from 'vitest'
import { MIGRATIONS } from '../migrations.ts'
import { bringUpToDate } from './opening.ts'

const folder = mkdtempSync(join(tmpdir(), 'carillon-migrating-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The migrations up to that one. */
function migrationsBefore(tag: string): string {
  const from = join(MIGRATIONS, 'sqlite')
  const to = join(folder, 'migrations')
  cpSync(from, to, { recursive: true })
  mkdirSync(join(to, 'meta'), { recursive: true })
  const journal = JSON.parse(readFileSync(join(from, 'meta', '_journal.json'), 'utf8')) as {
    entries: { tag: string }[]
  }
  const entries = journal.entries.slice(
    0,
    journal.entries.findIndex((it) => it.tag.endsWith(tag)),
  )
  writeFileSync(join(to, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }))
  return to
}

test('channels get people of their own, and keep their rules, what was told, and their numbers', () => {
  const db = new Database(join(folder, 'carillon.db'))
  migrate(drizzle(db), { migrationsFolder: migrationsBefore('_own_channels') })
  db.exec(`
    insert into workspaces (id, name, slug, created_at) values (1, 'Demo', 'demo', 0);
    insert into channels (id, workspace_id, name, kind, config, created_at, updated_at)
      values (1, 1, 'Hook', 'webhook', '{}', 0, 0), (7, 1, 'Gone', 'webhook', '{}', 0, 0);
    delete from channels where id = 7;
    insert into delivery_rules (workspace_id, channel_id, events, created_at, updated_at)
      values (1, 1, ',failure,', 0, 0);`)
  bringUpToDate(db)
  expect(db.prepare('select id, workspace_id, user_id, name from channels').all()).toEqual([
    { id: 1, workspace_id: 1, user_id: null, name: 'Hook' },
  ])
  expect(db.prepare('select channel_id from delivery_rules').all()).toEqual([{ channel_id: 1 }])
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
  expect(db.pragma('foreign_key_check')).toEqual([])
  const added = `insert into channels (user_id, name, kind, config, created_at, updated_at) values ('ada', 'x', 'ntfy', '{}', 0, 0)`
  expect(db.prepare(added).run().lastInsertRowid).toBe(8)
  db.exec('delete from channels where id = 1')
  expect(db.prepare('select * from delivery_rules').all()).toEqual([])
  db.close()
})
