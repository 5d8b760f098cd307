/**
 * Moves an installation from its SQLite file to PostgreSQL.
 *
 * Promise: the file is only read; every row arrives once, however often the copy is begun anew; it ends well
 * only when counts and sums agree. A database that holds anything else is refused.
 */
import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import pg from 'pg'
import { latestMigration } from './migrations.ts'
import { openPostgres } from './postgres.ts'
import { takeLock } from './sqlite/opening.ts'
import { StoreRefused } from './store.ts'

/** Parents first. */
export const TABLES = [
  'user',
  'session',
  'account',
  'verification',
  'workspaces',
  'members',
  'invitations',
  'api_keys',
  'triggers',
  'trigger_revisions',
  'trigger_notes',
  'trigger_memory',
  'condition_states',
  'condition_samples',
  'executions',
  'execution_steps',
  'execution_events',
  'evaluations',
  'expectations',
  'execution_checkpoints',
  'execution_days',
  'approvals',
  'approval_grants',
  'messages',
  'message_reads',
  'events',
  'documents',
  'document_pieces',
  'document_vectors',
  'agents',
  'agent_revisions',
  'model_providers',
  'mail_settings',
  'secrets',
  'mcp_servers',
  'sources',
  'calendars',
  'proposals',
  'skills',
  'skill_pieces',
  'webhooks',
  'webhook_deliveries',
  'budgets',
  'budget_notices',
  'channels',
  'push_browsers',
  'calendar_feeds',
  'delivery_rules',
  'incidents',
  'incident_tellings',
  'deliveries',
  'audit_entries',
  'audit_details',
  'product_versions',
  'outages',
  'resource_keys',
  'import_plans',
  'idempotency_keys',
] as const
/** Who is alive is not moved, nor what the programs set for themselves; of the settings, those that people go by. */
const SET_BY_PEOPLE = ['model_prices', 'push_keys']
export const LEFT: readonly string[] = ['servers', 'settings']
/** Rows of a page: few where one of them may be large. */
const PAGE = 1000
const SMALL_PAGE = 50
const LARGE_ROWS: readonly string[] = [
  'documents',
  'document_pieces',
  'skill_pieces',
  'webhook_deliveries',
  'executions',
  'messages',
]
const MARK = 'copied_from'

export interface Copied {
  table: string
  rows: number
}

/** @throws StoreRefused with what the person must do. `told` hears of each table as it is done. */
export async function copyToPostgres(
  file: string,
  url: string,
  told: (copied: Copied) => void,
): Promise<void> {
  if (!existsSync(file)) throw new StoreRefused(`There is no database at ${file}.`)
  const lock = takeLock(file)
  const source = new Database(file, { readonly: true })
  const target = new pg.Client({ connectionString: url })
  try {
    requireSameVersion(source)
    await (await openPostgres({ url, connections: 1 })).close()
    await target.connect()
    await requireEmptyOrBegun(target, file)
    for (const table of TABLES) told({ table, rows: await copyTable(source, target, table) })
    await copySettings(source, target)
    for (const table of TABLES) await requireAgreement(source, target, table)
    await target.query(`update settings set value = $1 where name = $2`, [`${file} (done)`, MARK])
  } finally {
    source.close()
    lock.close()
    await target.end()
  }
}

function requireSameVersion(source: Database.Database): void {
  const known =
    source.prepare(`select count(*) from sqlite_master where name = '__drizzle_migrations'`).pluck().get() ===
    1
  const newest = known
    ? Number(source.prepare('select max(created_at) from __drizzle_migrations').pluck().get())
    : 0
  if (newest !== latestMigration('sqlite'))
    throw new StoreRefused(
      'The database is of another version of Carillon. Start this version on it once, stop it, and try again.',
    )
}

async function requireEmptyOrBegun(target: pg.Client, file: string): Promise<void> {
  const {
    rows: [mark],
  } = await target.query<{ value: string }>('select value from settings where name = $1', [MARK])
  if (mark?.value === file) return
  const {
    rows: [found],
  } = await target.query<{ n: string }>(
    'select (select count(*) from workspaces) + (select count(*) from "user") as n',
  )
  if (mark || Number(found?.n) > 0)
    throw new StoreRefused(
      'The PostgreSQL database already holds a Carillon installation. Name an empty database.',
    )
  await target.query('insert into settings (name, value) values ($1, $2)', [MARK, file])
}

const columnsOf = (source: Database.Database, table: string) =>
  (source.pragma(`table_info("${table}")`) as { name: string }[]).map((it) => it.name)

async function copyTable(source: Database.Database, target: pg.Client, table: string): Promise<number> {
  const columns = columnsOf(source, table)
    .map((it) => `"${it}"`)
    .join(', ')
  const insert = `
    insert into "${table}" (${columns}) overriding system value
    select ${columns} from jsonb_populate_recordset(null::"${table}", $1::jsonb)
    on conflict do nothing`
  const limit = LARGE_ROWS.includes(table) ? SMALL_PAGE : PAGE
  const page = source.prepare(
    `select rowid as _rowid, ${columns} from "${table}" where rowid > ? order by rowid limit ${limit}`,
  )
  let rows = 0
  for (let after = 0; ; ) {
    const found = page.all(after) as Record<string, unknown>[]
    const last = found.at(-1)
    if (!last) break
    // PostgreSQL's text cannot hold a NUL character.
    const json = JSON.stringify(
      found.map(({ _rowid, ...row }) => row),
      (_key, value: unknown) => (typeof value === 'string' ? value.replaceAll('\u0000', '') : value),
    )
    await target.query(insert, [json])
    rows += found.length
    after = last._rowid as number
  }
  // New rows count on from the last one.
  const {
    rows: [sequence],
  } = await target.query<{ name: string | null }>(
    `select case when exists (
       select 1 from information_schema.columns
       where table_schema = 'public' and table_name = $1 and column_name = 'id' and is_identity = 'YES'
     ) then pg_get_serial_sequence(quote_ident($1), 'id') end as name`,
    [table],
  )
  if (sequence?.name && rows > 0)
    await target.query(`select setval($1, (select max(id) from "${table}"))`, [sequence.name])
  return rows
}

async function copySettings(source: Database.Database, target: pg.Client): Promise<void> {
  const value = source.prepare('select value from settings where name = ?').pluck()
  for (const name of SET_BY_PEOPLE) {
    const found = value.get(name)
    if (found === undefined) continue
    await target.query(
      'insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
      [name, found],
    )
  }
}

/** The same number of rows, and the same sum over every column of numbers; flags count as 0 and 1. */
async function requireAgreement(source: Database.Database, target: pg.Client, table: string): Promise<void> {
  const numbers = (source.pragma(`table_info("${table}")`) as { name: string; type: string }[])
    .filter((it) => /int|real/i.test(it.type))
    .map((it) => it.name)
  const sums = (sum: string, asNumber: (column: string) => string) => {
    const each = numbers.map((it) => `coalesce(${sum}(${asNumber(it)}), 0) as "${it}"`)
    return `select ${['count(*) as n', ...each].join(', ')} from "${table}"`
  }
  // A sum of whole numbers overflows where millions of instants are added up; a total is a float.
  const here = source.prepare(sums('total', (it) => `"${it}"`)).get() as Record<string, number>
  const {
    rows: [there],
  } = await target.query<Record<string, string>>(
    sums(
      'sum',
      (it) => `case "${it}"::text when 'true' then 1 when 'false' then 0 else "${it}"::text::numeric end`,
    ),
  )
  for (const [name, value] of Object.entries(here)) {
    if (Math.abs(Number(there?.[name]) - value) <= Math.abs(value) * 1e-9) continue
    throw new StoreRefused(
      `The copy of "${table}" does not agree with the original: ${name} is ${there?.[name]} ` +
        `instead of ${value}. Make an empty PostgreSQL database and run the copy again.`,
    )
  }
}
