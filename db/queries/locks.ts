/** Rows that somebody else holds, which would hold up whatever waits for them. PostgreSQL only. */
import type { AnySQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { sql } from 'drizzle-orm'
import { alias, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

type WithId = SQLiteTable & { id: AnySQLiteColumn }

const freeAmong = <Rows extends WithId>(rows: Rows) =>
  statement({
    only: 'postgres',
    rows: 'int',
    answer: { id: rows.id },
    text: ({ page, row, answer, skipLocked }) =>
      sql`select ${answer} from ${table(rows)} where ${rows.id} in (select ${row} from ${page}) ${skipLocked}`,
  })
const of = {
  triggers: freeAmong(alias(t.triggers, 't')),
  executions: freeAmong(alias(t.executions, 'e')),
}

/** Of these ids, those whose rows nobody else holds just now; all of them where no other can. */
export async function unheld(store: Store, rows: keyof typeof of, ids: number[]): Promise<Set<number>> {
  if (store.dialect !== 'postgres' || ids.length === 0) return new Set(ids)
  return new Set((await store.all(of[rows]({ rows: ids }))).map((it) => it.id as number))
}
