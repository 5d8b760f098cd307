/**
 * Rolling upgrades: servers of the version before go on while a newer one migrates PostgreSQL. So a migration
 * adds tables, indexes and columns that old statements need not know of, or lets a value be left out, and takes,
 * renames or narrows nothing. An index that only makes reads quick may go, or be made anew: old statements answer the
 * same without it. A unique one is a promise, and stays.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the first release began with; nobody had an older one. */
const FIRST_RELEASE = ['0000_start.sql', '0001_search.sql']

const ADDS = [
  /^create (table|index|extension|sequence|function)\b/,
  // A new column that old inserts leave out must do without a value, or have
  // one by itself. A key or a check may refuse what old programs write.
  // Old statements go on to write a value, and to read those that have one.
  /^alter table \S+ alter column \S+ drop not null;?$/,
  /^alter table \S+ add column \S+ (?!.*\b(?:unique|primary|references|check)\b)(?=.*\bdefault\b|(?!.*\bnot null\b))/,
]

const PLAIN_INDEX = /create index (?:concurrently )?(?:if not exists )?(\S+) on/gi
const UNIQUE_INDEX = /create unique index (?:concurrently )?(?:if not exists )?(\S+) on/gi
const namesIn = (sql: string, pattern: RegExp) => [...sql.matchAll(pattern)].map(([, name]) => name ?? '')

/**
 * Statements that would break a server of the version before;
 * `sql` is a migration's text, `past` those before it.
 */
export function narrowing(sql: string, past = ''): string[] {
  const quick = new Set(namesIn(past, PLAIN_INDEX)).difference(new Set(namesIn(past, UNIQUE_INDEX)))
  const own = new Set([...sql.matchAll(/create table (?:if not exists )?(\S+)/gi)].map(([, table]) => table))
  return (
    sql
      .split('--> statement-breakpoint')
      .map((it) =>
        it
          .replace(/^\s*--.*$/gm, '')
          .replace(/\s+/g, ' ')
          .trim(),
      )
      .filter((it) => it !== '' && !ADDS.some((adds) => adds.test(it.toLowerCase())))
      .filter((it) => !quick.has(/^drop index (?:if exists )?(\S+?);?$/i.exec(it)?.[1] ?? ''))
      // A table that the same migration makes is known to nobody yet.
      .filter(
        (it) =>
          !own.has(/^(?:alter table|create unique index \S+ on|insert into) (\S+)/i.exec(it)?.[1] ?? ''),
      )
  )
}

export function narrowingMigrations(root: string): string[] {
  const folder = join(root, 'db', 'migrations', 'postgres')
  const all = readdirSync(folder)
    .filter((it) => it.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }))
  return all.flatMap(({ name, sql }, n) => {
    if (FIRST_RELEASE.includes(name)) return []
    const past = all.slice(0, n).map((it) => it.sql)
    return narrowing(sql, past.join('\n')).map(
      (it) => `${name} breaks the version before it: ${it.slice(0, 120)}`,
    )
  })
}
