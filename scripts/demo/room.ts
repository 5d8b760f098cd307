/** A fresh database whose ids begin where those of another end: what is made in it goes over there as it is. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openSqlite } from '#db/sqlite/index.ts'
import type { Wanted } from './making.ts'

export async function leaveRoom({ folder, taken }: Pick<Wanted, 'folder' | 'taken'>): Promise<void> {
  const file = join(folder, 'carillon.db')
  await (await openSqlite({ file, exclusive: true })).close()
  const db = new Database(file)
  const begin = db.prepare('insert into sqlite_sequence (name, seq) values (?, ?)')
  const forget = db.prepare('delete from sqlite_sequence where name = ?')
  for (const [table, last] of Object.entries(taken)) {
    forget.run(table)
    begin.run(table, last)
  }
  db.close()
}
