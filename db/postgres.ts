/**
 * PostgreSQL: any number of servers.
 *
 * Promise: the same texts as on SQLite. Whatever lost a race (a deadlock, a serialisation, a lock not had) is
 * tried again: a transaction, a statement by itself whoever says it, and a migration. A list whose commit
 * went unanswered may be tried again too, because every list is guarded by what it expects to find.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { PgDialect } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { latestMigration, MIGRATIONS } from './migrations.ts'
import { type Definition, type Place, placeOf, type Statement } from './statement.ts'
import {
  type Answers,
  MOST_TALK_MS,
  type OutsideQueue,
  type Phrases,
  type Store,
  StoreRefused,
  StoreUnavailable,
  type Takeable,
  type Talk,
  TalkTooLong,
} from './store.ts'
import * as t from './tables/postgres.ts'

const INT8 = 20
const NUMERIC = 1700
const MIGRATION_LOCK = 7_227_001
const CLAIM_LOCK = 7_227_002
const RETRIES = 5
const CHANNEL = 'carillon'
/** A hint stays far below the 8 kB that a notification may carry; whoever is not named is found by the next poll. */
const MOST_TOLD = 500
const LISTEN_AGAIN_MS = 1_000
const PULSE_MS = 10_000
const CLOCK_SAMPLES = 3

export const phrases: Phrases = {
  page: sql`jsonb_array_elements(${sql.placeholder('rows')}::jsonb) as p(value)`,
  lockWorkspaces: sql`select id from workspaces where id in (select w.value::bigint from jsonb_array_elements_text(${sql.placeholder('workspaces')}::jsonb) as w(value)) order by id for no key update`,
  lockClaims: sql.raw(`select pg_advisory_xact_lock(${CLAIM_LOCK})`),
  skipLocked: sql`for update skip locked`,
  lockRows: sql`for update`,
  least: (a, b) => sql`least(${a}, ${b})`,
  greatest: (a, b) => sql`greatest(${a}, ${b})`,
  lower: (text) => sql`lower(${text} collate "und-x-icu")`,
  day: (instant) => sql`to_char(to_timestamp(${instant} / 1000) at time zone 'UTC', 'YYYY-MM-DD')`,
  jsonText: (json, name) => sql`(cast(${json} as json) ->> ${sql.raw(`'${name}'`)})`,
  texts: (json) => sql`jsonb_array_elements_text(cast(${json} as jsonb)) as n(value)`,
}

export interface PostgresOptions {
  url: string
  /** Connections at the most. */
  connections?: number
  /** How long a statement may take. */
  patienceMs?: number
}

export async function openPostgres({
  url,
  connections = 10,
  patienceMs = 9_000,
}: PostgresOptions): Promise<Store> {
  const pool = new PatientPool({
    connectionString: url,
    max: connections,
    application_name: 'carillon',
    connectionTimeoutMillis: 5_000,
    statement_timeout: patienceMs,
    query_timeout: patienceMs + 1_000,
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // A name that leads elsewhere after a failover is looked up again.
    maxLifetimeSeconds: 600,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8 || oid === NUMERIC
          ? Number
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  })
  // A connection that dies is replaced at the next query, and whoever used it hears of it there; without
  // listeners it would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => void client.on('error', () => {}))
  try {
    await patiently(() => migrateSchema(url))
  } catch (error) {
    await pool.end()
    throw error
  }
  return store(pool, await listen(url))
}

/** A lost race has changed nothing, so the same again is right, be it a statement or a whole transaction. */
export async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (!lostARace(error) || attempt === RETRIES) throw error
    }
  }
}

/**
 * What is asked outside of a transaction comes here: texts by themselves, drizzle's builder, and the account
 * library through it.
 */
class PatientPool extends pg.Pool {
  readonly conversing = new AsyncLocalStorage<Conversation>()

  override query = (async (text: string, values: unknown[]) => {
    const conversation = talkingIn(this)
    if (conversation) return conversation.ask((client) => client.query(text, values)).catch(sayReadably)
    return patiently(() => super.query(text, values)).catch(sayReadably)
  }) as pg.Pool['query']
}

/** `lost`: it took too long; whoever still talks in it is refused. */
interface Conversation {
  state: 'open' | 'over' | 'lost'
  attempts: number
  /** One after another: a connection has one transaction, and its parts do not overlap. */
  ask<Answer>(work: (client: Client) => Promise<Answer>): Promise<Answer>
}

/** The conversation that whoever asks is part of; null of all others. */
function talkingIn({ conversing }: PatientPool): Conversation | null {
  const it = conversing.getStore()
  if (it?.state === 'lost') throw new TalkTooLong()
  return it?.state === 'open' ? it : null
}

/** A part of a transaction that fails by itself: the rest of it goes on. */
async function part<Answer>(
  { ask }: Pick<Conversation, 'ask'>,
  name: string,
  step: () => Promise<Answer>,
): Promise<Answer> {
  const say = (text: string) => ask((client) => client.query(`${text} ${name}`))
  await say('savepoint')
  try {
    const answer = await step()
    await say('release savepoint')
    return answer
  } catch (error) {
    await say('rollback to savepoint')
    throw error
  }
}

const talkIn = (it: Conversation): Talk => ({ attempt: (step) => part(it, `attempt_${++it.attempts}`, step) })

/** Whoever leads a conversation has thought better of it: the database is well. */
class Undone extends Error {}

/** What lost a race has changed nothing, so all of it is done again. */
const converseOn =
  (pool: PatientPool): Store['converse'] =>
  async (work) => {
    const around = talkingIn(pool)
    if (around) return talkIn(around).attempt(() => work(talkIn(around)))
    try {
      return await patiently(() => together(pool, (client) => conversation(pool, client, work)))
    } catch (error) {
      throw error instanceof Undone ? error.cause : readable(error)
    }
  }

async function conversation<Answer>(
  pool: PatientPool,
  client: Client,
  work: (talk: Talk) => Promise<Answer>,
): Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve()
  const it: Conversation = {
    state: 'open',
    attempts: 0,
    ask(step) {
      const next = last.then(() => step(client))
      last = next.catch(() => {})
      return next
    },
  }
  const limit = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    it.state = 'lost'
    limit.reject(new TalkTooLong())
  }, MOST_TALK_MS)
  try {
    return await Promise.race([pool.conversing.run(it, () => work(talkIn(it))), limit.promise])
  } catch (error) {
    if (error instanceof StoreUnavailable || error instanceof pg.DatabaseError) throw error
    throw new Undone('', { cause: error })
  } finally {
    clearTimeout(timer)
    if (it.state === 'open') it.state = 'over'
    await last
  }
}

type Client = Pick<pg.PoolClient, 'query'>

/** Runs statements, each of which is compiled when it is first needed, and prepared by each connection. */
function runnerOf() {
  const dialect = new PgDialect({ casing: 'snake_case' })
  const compiled = new Map<Definition, { name: string; text: string; place: Place }>()
  function compiledOf(of: Definition) {
    const known = compiled.get(of)
    if (known) return known
    const query = dialect.sqlToQuery(of.render(phrases))
    const it = { name: `carillon_${compiled.size}`, text: query.sql, place: placeOf(query) }
    if (of.isSaidOnce) return { ...it, name: undefined }
    compiled.set(of, it)
    return it
  }
  return async (client: Client, [of, values]: Statement): Promise<Ran> => {
    const { name, text, place } = compiledOf(of)
    const named = name === undefined ? {} : { name }
    const asked = { ...named, text, values: place(of.encode(values)) }
    const { rows, command, rowCount } = await client.query(asked)
    const changes = of.isBookkeeping || command === 'SELECT' ? 0 : (rowCount ?? 0)
    return { rows: of.decode(rows), changes }
  }
}

interface Ran {
  rows: unknown[]
  /** How many rows it has changed, beyond keeping books. */
  changes: number
}

/** The workspaces that a list locks: their story goes on with it. */
const touchedBy = (statements: readonly Statement[]) =>
  statements.flatMap(([, { workspaces }]) => (Array.isArray(workspaces) ? (workspaces as number[]) : []))

function store(pool: PatientPool, news: News): Store {
  const run = runnerOf()
  let outside: OutsideQueue | null = null

  /** `note` stands behind the answers where it was said. */
  async function inOrder(
    client: Client,
    statements: readonly Statement[],
    note: Statement | null,
  ): Promise<unknown[][]> {
    const answers: unknown[][] = []
    let changed = 0
    for (const statement of statements) {
      const { rows, changes } = await run(client, statement)
      answers.push(rows)
      changed += changes
    }
    if (note && changed > 0) answers.push((await run(client, note)).rows)
    const takeable = answers.flat().filter(isTakeable)
    if (outside && takeable.length > 0)
      await outside({ executeSql: (text, values) => client.query(text, values) }, takeable)
    // Told at the commit, and only then: other servers look at these workspaces.
    const workspaces = touchedBy(statements).slice(0, MOST_TOLD)
    if (workspaces.length > 0)
      await client.query('select pg_notify($1, $2)', [
        CHANNEL,
        JSON.stringify({ from: news.name, workspaces }),
      ])
    return answers
  }

  async function all(statements: readonly Statement[], note: Statement | null): Promise<unknown[][]> {
    const talk = talkingIn(pool)
    if (talk)
      return talk
        .ask((client) =>
          part({ ask: (step) => step(client) }, 'list', () => inOrder(client, statements, note)),
        )
        .catch(sayReadably)
    return patiently(() => together(pool, (client) => inOrder(client, statements, note))).catch(sayReadably)
  }

  return {
    dialect: 'postgres',
    provider: 'pg',
    shared: true,
    t: t as unknown as Store['t'],
    q: drizzle(pool, { casing: 'snake_case' }) as unknown as Store['q'],
    all: async <Row>(it: Statement<Row>) => (await run(pool as Client, it)).rows as Row[],
    atomically: async <const S extends readonly Statement[]>(statements: S) =>
      (await all(statements, null)) as Answers<S>,
    async noting<const S extends readonly Statement[]>(statements: S, note: Statement) {
      const answers = await all(statements, note)
      return {
        answers: answers.slice(0, statements.length) as Answers<S>,
        noted: answers[statements.length]?.[0],
      }
    },
    converse: converseOn(pool),
    clockSkewMs: () => skewOf(pool),
    foreignWrites: null,
    onNews: news.on,
    joinQueue(queue) {
      outside = queue
    },
    async close() {
      await news.close()
      await pool.end()
    },
  }
}

/**
 * All or nothing. A connection that may be cut, or lead to a standby, is not asked again: the database rolls
 * back by itself.
 */
async function together<Answer>(pool: pg.Pool, steps: (client: Client) => Promise<Answer>): Promise<Answer> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const answer = await steps(client)
    await client.query('commit')
    return answer
  } catch (error) {
    if (!(error instanceof Undone) && isAway(error)) broken = error as Error
    else
      await client.query('rollback').catch((failure: Error) => {
        broken = failure
      })
    throw error
  } finally {
    client.release(broken)
  }
}

/** The quickest answer of a few is the truest: a busy process or network only ever makes one slower. */
async function skewOf(pool: pg.Pool): Promise<number> {
  let best = { tookMs: Number.POSITIVE_INFINITY, skewMs: 0 }
  for (let i = 0; i < CLOCK_SAMPLES; i++) {
    const askedAt = Date.now()
    const { rows } = await pool.query<{ now: number }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
    )
    const answeredAt = Date.now()
    const tookMs = answeredAt - askedAt
    if (tookMs < best.tookMs)
      best = { tookMs, skewMs: Math.round((rows[0]?.now ?? answeredAt) - (askedAt + answeredAt) / 2) }
  }
  return best.skewMs
}

const isTakeable = (row: unknown): row is Takeable => typeof (row as Partial<Takeable>).takeable === 'number'

interface News {
  name: string
  on(listener: (workspaceIds: number[]) => void): void
  close(): Promise<void>
}

/** Hears what other servers commit, on a connection of its own; one that is lost is made again. */
async function listen(url: string): Promise<News> {
  const name = randomUUID()
  const listeners: ((workspaceIds: number[]) => void)[] = []
  let client: pg.Client | null = null
  let timer: NodeJS.Timeout | null = null
  let closed = false

  async function connect(): Promise<void> {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'carillon-listen',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
    })
    // Silence is no sign of life: something on the way may have dropped an idle connection without a word.
    const pulse = setInterval(
      () => void fresh.query('select 1').catch(() => fresh.end().catch(() => {})),
      PULSE_MS,
    )
    pulse.unref()
    fresh.on('error', () => {})
    fresh.on('end', () => {
      clearInterval(pulse)
      again()
    })
    fresh.on('notification', ({ payload }) => {
      const { from, workspaces } = readNews(payload)
      if (from !== name) for (const listener of listeners) listener(workspaces)
    })
    try {
      await fresh.connect()
      await fresh.query(`listen ${CHANNEL}`)
      client = fresh
    } catch {
      clearInterval(pulse)
      await fresh.end().catch(() => {})
    }
  }
  function again(): void {
    client = null
    if (closed || timer) return
    timer = setTimeout(() => {
      timer = null
      connect().finally(() => {
        if (!client) again()
      })
    }, LISTEN_AGAIN_MS)
    timer.unref()
  }
  await connect()
  if (!client) again()
  return {
    name,
    on: (listener) => void listeners.push(listener),
    async close() {
      closed = true
      if (timer) clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}

/** Anybody who may write to the channel may write anything. */
function readNews(payload = ''): { from: string | null; workspaces: number[] } {
  try {
    const { from, workspaces } = JSON.parse(payload) as { from?: string; workspaces?: number[] }
    return { from: from ?? null, workspaces: Array.isArray(workspaces) ? workspaces : [] }
  } catch {
    return { from: null, workspaces: [] }
  }
}

async function migrateSchema(url: string): Promise<void> {
  // On a connection of its own: a migration, and whoever waits for it, may take as long as it takes.
  const client = new pg.Client({
    connectionString: url,
    application_name: 'carillon-migrate',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  })
  client.on('error', () => {})
  await client.connect().catch((error: Error) => {
    throw new StoreRefused(
      `PostgreSQL at DATABASE_URL does not answer: ${error.message}. Check the address and that the server runs.`,
    )
  })
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    const {
      rows: [table],
    } = await client.query(`select to_regclass('drizzle.__drizzle_migrations') as name`)
    const newest = table?.name
      ? Number(
          (await client.query('select max(created_at) as newest from drizzle.__drizzle_migrations')).rows[0]
            ?.newest ?? 0,
        )
      : 0
    if (newest > latestMigration('postgres')) {
      throw new StoreRefused(
        'The database was made by a newer Carillon than this one. Start the newer program, or restore a backup from before the upgrade.',
      )
    }
    if (newest < latestMigration('postgres'))
      await migrate(drizzle(client), { migrationsFolder: join(MIGRATIONS, 'postgres') })
    const views = readFileSync(join(import.meta.dirname, 'views', 'postgres.sql'), 'utf8')
    const fingerprint = createHash('sha256').update(views).digest('hex')
    const {
      rows: [applied],
    } = await client.query(`select value from settings where name = 'views'`)
    if (applied?.value !== fingerprint) {
      await client.query('begin')
      await client.query(views)
      await client.query(
        `insert into settings (name, value) values ('views', $1) on conflict (name) do update set value = excluded.value`,
        [fingerprint],
      )
      await client.query('commit')
    }
  } finally {
    // The advisory lock ends with the connection.
    await client.end()
  }
}

/** Drizzle's builder and migrator wrap what the driver says. */
const codeOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return ''
  return 'code' in error ? String(error.code) : 'cause' in error ? codeOf(error.cause) : ''
}
const lostARace = (error: unknown) => ['40001', '40P01', '55P03'].includes(codeOf(error))
/**
 * The database says that the statement itself is at fault: a value, a key, its text. So is what breaks before
 * it is sent.
 */
const isRefused = (error: unknown) =>
  error instanceof pg.DatabaseError
    ? /^(0A|21|22|23|42|54|P0)/.test(codeOf(error))
    : error instanceof TypeError || error instanceof RangeError
/**
 * Everything else may be over the next time: connection lost, cancelled, server stopping, standby, out of
 * disk, name not found.
 */
const isAway = (error: unknown) => !isRefused(error) && !lostARace(error)

const isTooLong = (error: unknown) =>
  codeOf(error) === '57014' || (error instanceof Error && error.message === 'Query read timeout')

function sayReadably(error: unknown): never {
  throw readable(error)
}
function readable(error: unknown): unknown {
  if (isRefused(error) || error instanceof StoreUnavailable) return error
  const what = isTooLong(error)
    ? 'PostgreSQL was not done in time: it is busy, or something holds what was asked for'
    : lostARace(error)
      ? 'PostgreSQL gave way to others too often'
      : 'PostgreSQL does not answer'
  return new StoreUnavailable(`${what}: ${(error as Error).message}`, error)
}
