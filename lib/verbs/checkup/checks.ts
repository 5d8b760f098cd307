/**
 * Looks an installation over, and says what is wrong and what to do about it.
 *
 * Promise: it looks and changes nothing (no migration, no repair, no secret made), it says no secret, and a check that
 * breaks is a finding, not the end. It reads whole files and asks itself: in a process that serves nobody.
 */
import { randomUUID } from 'node:crypto'
import { accessSync, constants, existsSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { and, asc, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import pg from 'pg'
import { openStore } from '#db/index.ts'
import { latestMigration } from '#db/migrations.ts'
import { globalPause } from '#db/queries/upkeep.ts'
import { placeOfRuns } from '../../agents/imported/place.ts'
import { createSandbox } from '../../agents/imported/sandbox.ts'
import { days, minutes, seconds, systemClock } from '../../clock.ts'
import { api } from '../../contract/api.ts'
import type { CheckLine } from '../../contract/checkup.ts'
import type { Containment } from '../../contract/skill.ts'
import type { Env } from '../../env.ts'
import { VERSION } from '../../version.ts'
import { type Check, type DatabaseFacts, fail, MOST_NAMED, named, ok, type Patient, warn } from './finding.ts'
import { PEERS } from './peers.ts'

const NEEDED_NODE = 26
const MB = 1024 ** 2
const LEAST_FREE = 100 * MB
const LITTLE_FREE = 1024 * MB
const LATE_MS = minutes(1)
const SILENT_MS = minutes(2)

const size = (bytes: number) =>
  bytes < MB
    ? `${Math.ceil(bytes / 1024)} kB`
    : bytes < 1024 * MB
      ? `${Math.round(bytes / MB)} MB`
      : `${(bytes / 1024 / MB).toFixed(1)} GB`
const dialectOf = (env: Env) => (env.DATABASE_URL ? 'postgres' : 'sqlite')
const fileOf = (env: Env) => join(env.DATA_DIR, 'carillon.db')

const isOpenToOthers = (path: string) =>
  ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0

/** Null where nothing has been installed yet. */
function lookAtSqlite(env: Env): DatabaseFacts | null {
  const file = fileOf(env)
  if (!existsSync(file) && !existsSync(join(env.DATA_DIR, 'carillon.installed'))) return null
  const db = new Database(file, { readonly: true, fileMustExist: true })
  try {
    const isKnown = db.prepare(`select 1 from sqlite_master where name = '__drizzle_migrations'`).get()
    return {
      verdict: String(db.pragma('quick_check(1)', { simple: true })),
      journal: String(db.pragma('journal_mode', { simple: true })),
      bytes: [file, `${file}-wal`].reduce(
        (sum, it) => sum + (statSync(it, { throwIfNoEntry: false })?.size ?? 0),
        0,
      ),
      newestMigration: isKnown
        ? Number(db.prepare('select max(created_at) from __drizzle_migrations').pluck().get() ?? 0)
        : 0,
    }
  } finally {
    db.close()
  }
}

async function lookAtPostgres(env: Env): Promise<DatabaseFacts> {
  const client = new pg.Client({
    connectionString: env.DATABASE_URL,
    connectionTimeoutMillis: seconds(5),
    statement_timeout: seconds(10),
  })
  try {
    await client.connect()
    const {
      rows: [it],
    } = await client.query(
      `select current_setting('server_version') as version, pg_database_size(current_database())::float8 as bytes, to_regclass('drizzle.__drizzle_migrations') as known`,
    )
    const newest = it.known
      ? (await client.query('select max(created_at)::float8 as newest from drizzle.__drizzle_migrations'))
          .rows[0]?.newest
      : 0
    return {
      verdict: 'ok',
      journal: `PostgreSQL ${it.version}`,
      bytes: it.bytes,
      newestMigration: newest ?? 0,
    }
  } finally {
    await client.end().catch(() => {})
  }
}

let probed: Promise<Containment> | null = null
/** How the code of skills is kept apart, as the user that asks; tried once, the machine stays what it is. */
function containment(): Promise<Containment> {
  probed ??= probe()
  return probed
}
async function probe(): Promise<Containment> {
  // Where a server has them, but for its data, in which a look leaves nothing.
  const beside = join(tmpdir(), `carillon-doctor-${randomUUID()}`)
  const place = placeOfRuns(beside)
  const scratchDir = join(place.dir, 'scratch')
  const sandbox = createSandbox({ clock: systemClock, scratchDir, allowedPrivateNetworks: [] })
  try {
    return await sandbox.level()
  } catch (error) {
    return { level: null, detail: (error as Error).message }
  } finally {
    await sandbox.close()
    await place.leave()
    rmSync(beside, { recursive: true, force: true })
  }
}

/** In the order in which a person would ask. */
const CHECKS: readonly Check[] = [
  [
    'Node',
    () =>
      Number(process.versions.node.split('.')[0]) >= NEEDED_NODE
        ? ok(process.versions.node)
        : fail(`${process.versions.node} is too old`, `Install Node ${NEEDED_NODE} from nodejs.org.`),
  ],

  [
    'Data folder',
    ({ env }) => {
      const folder = resolve(env.DATA_DIR)
      if (!existsSync(folder))
        return warn(
          `${folder} is not there yet`,
          'The first npm start makes it. If you installed Carillon before, DATA_DIR names the wrong folder.',
        )
      try {
        accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
        const open = [folder, fileOf(env)].filter((it) => isOpenToOthers(it))
        if (open.length > 0)
          return warn(
            `${open.join(' and ')} can be read by others on this machine`,
            `chmod go-rwx ${open.join(' ')}`,
          )
        return ok(`${folder} can be written`)
      } catch {
        return fail(
          `${folder} cannot be written`,
          'Give the user that runs the server the right to write there, or set DATA_DIR to another folder.',
        )
      }
    },
  ],

  [
    'Disk',
    ({ env }) => {
      if (!existsSync(env.DATA_DIR)) return null
      const { bavail, bsize } = statfsSync(env.DATA_DIR)
      const free = bavail * bsize
      if (free < LEAST_FREE)
        return fail(
          `${size(free)} free`,
          'Free some space: without it nothing can be recorded, and nothing runs.',
        )
      return free < LITTLE_FREE
        ? warn(`${size(free)} free`, 'Free some space soon, or schedule the agent "maintenance".')
        : ok(`${size(free)} free`)
    },
  ],

  [
    'Secrets',
    ({ env }) => {
      const file = join(env.DATA_DIR, 'secrets.json')
      const mode = statSync(file, { throwIfNoEntry: false })?.mode
      if (mode === undefined)
        return ok(
          env.JWT_SECRET && env.SIG_KEY && env.SIG_SALT
            ? 'given by the environment'
            : 'none yet; the first start makes them',
        )
      return (mode & 0o077) === 0
        ? ok('secrets.json is readable by its owner only')
        : fail(`secrets.json can be read by others (mode ${(mode & 0o777).toString(8)})`, `chmod 600 ${file}`)
    },
  ],

  [
    'Database',
    async (patient) => {
      const { env } = patient
      try {
        patient.database = env.DATABASE_URL ? await lookAtPostgres(env) : lookAtSqlite(env)
      } catch (error) {
        const remedy = env.DATABASE_URL
          ? 'Check DATABASE_URL and that PostgreSQL runs.'
          : 'Move the file aside, put your newest backup in its place, and start again.'
        return fail(
          `cannot be read: ${(error as Error).message || (error as NodeJS.ErrnoException).code}`,
          remedy,
        )
      }
      const { database } = patient
      if (!database) return warn(`${resolve(fileOf(env))} is not there yet`, 'The first npm start makes it.')
      if (database.verdict !== 'ok')
        return fail(
          `damaged: ${database.verdict}`,
          'Move the file aside, put your newest backup in its place, and start again.',
        )
      if (env.DATABASE_URL) return ok(`${database.journal}, ${size(database.bytes)}`)
      return database.journal === 'wal'
        ? ok(`SQLite, sound, WAL, ${size(database.bytes)}`)
        : warn(
            `SQLite, sound, journal mode ${database.journal}, ${size(database.bytes)}`,
            'Start the server: it sets WAL.',
          )
    },
  ],

  [
    'Migrations',
    async (patient) => {
      const { database, env } = patient
      if (database?.verdict !== 'ok') return null
      const newest = latestMigration(dialectOf(env))
      if (database.newestMigration > newest)
        return fail(
          'the database is newer than this program',
          'Start the newer program, or restore a backup from before the upgrade.',
        )
      if (database.newestMigration < newest)
        return warn(
          'the database is older than this program',
          'The next npm start brings it up to date. Make a backup first.',
        )
      patient.store = await openStore(env, { exclusive: false })
      return ok('up to date')
    },
  ],

  [
    'Clock',
    async ({ store }) => {
      if (!store) return null
      const skewMs = await store.clockSkewMs()
      return Math.abs(skewMs) <= seconds(2)
        ? ok(`differs from the database's by ${skewMs} ms`)
        : warn(
            `differs from the database's by ${skewMs} ms`,
            'Let NTP set the clock of this machine and of the database.',
          )
    },
  ],

  [
    'Server',
    async ({ env, now }) => {
      const host = env.HOST === '0.0.0.0' ? '127.0.0.1' : env.HOST === '::' ? '[::1]' : env.HOST
      const url = `http://${host}:${env.PORT}/api${api.health.path}`
      const answer = await fetch(url, { signal: AbortSignal.timeout(seconds(3)), redirect: 'error' })
        .then((it) => it.json())
        .catch(() => null)
      if (answer === null)
        return warn(
          `nothing answers at ${url}`,
          'npm start. If it runs elsewhere, give the doctor the same PORT and HOST.',
        )
      const health = api.health.answer.safeParse(answer).data
      if (!health) return fail(`another program answers at ${url}`, 'Stop it, or set PORT to another number.')
      if (health.problems.length > 0)
        return warn(
          `${health.status}: ${health.problems.join(' ')}`,
          'Mend what it says; it recovers by itself.',
        )
      if (health.version !== VERSION)
        return warn(`version ${health.version} runs, version ${VERSION} is installed`, 'Restart the server.')
      if (health.scheduler !== 'running')
        return warn(
          `the scheduler is ${health.scheduler}`,
          health.scheduler === 'paused'
            ? 'Resume it in the settings.'
            : 'Set SCHEDULER_ENABLED=true and ROLE=all or worker.',
        )
      const silentMs = health.lastTickAt ? now.getTime() - Date.parse(health.lastTickAt) : 0
      if (silentMs > SILENT_MS)
        return fail(
          `it has not looked at its schedules for ${Math.round(silentMs / 1000)} s`,
          'Read its log, then restart it.',
        )
      return ok(`version ${health.version} answers, the scheduler runs`)
    },
  ],

  [
    'Overdue',
    async ({ store, now }) => {
      if (!store) return null
      const { triggers } = store.t
      const rows = await store.q
        .select({ name: triggers.name })
        .from(triggers)
        .where(
          and(lt(triggers.dueAt, now.getTime() - LATE_MS), gt(triggers.dueAt, 0), isNull(triggers.deletedAt)),
        )
        .orderBy(asc(triggers.dueAt))
        .limit(MOST_NAMED + 1)
      if (rows.length === 0) return ok('no schedule')
      const remedy = (await globalPause(store))
        ? 'Everything is paused: resume it in the settings.'
        : 'Start the server, or let one with SCHEDULER_ENABLED=true run: each instant then runs or is recorded with the reason.'
      return warn(`${named(rows.map((it) => it.name))} should have run`, remedy)
    },
  ],

  [
    'Missed',
    async ({ store, now }) => {
      if (!store) return null
      const { executions } = store.t
      const [row] = await store.q
        .select({ n: sql<number>`coalesce(sum(coalesce(${executions.missedCount}, 1)), 0)` })
        .from(executions)
        .where(and(eq(executions.status, 'missed'), gt(executions.queuedAt, now.getTime() - days(1))))
      const n = Number(row?.n ?? 0)
      return n === 0
        ? ok('none in the last day')
        : warn(
            `${n} planned ${n === 1 ? 'instant was' : 'instants were'} not run in the last day`,
            'The history says why of each; run what matters by hand.',
          )
    },
  ],

  [
    'Quarantined',
    async ({ store }) => {
      if (!store) return null
      const { triggers } = store.t
      const rows = await store.q
        .select({ name: triggers.name })
        .from(triggers)
        .where(and(isNotNull(triggers.problem), isNull(triggers.deletedAt)))
        .orderBy(asc(triggers.id))
        .limit(MOST_NAMED + 1)
      return rows.length === 0
        ? ok('no schedule')
        : warn(
            `${named(rows.map((it) => it.name))} cannot be planned`,
            'The schedule says why; edit it, and it is planned again.',
          )
    },
  ],

  ...PEERS,

  [
    'Skills',
    async () => {
      const { level, detail } = await containment()
      return level === null
        ? warn(detail, 'Mend what it says; everything else runs without skills.')
        : ok(detail)
    },
  ],
]

interface Looking {
  /** What opens that which is kept sealed; null where nothing can be yet. */
  box: Patient['box']
  now?: Date | undefined
  /** What concerns only whoever asks. */
  more?: readonly Check[]
}
/** Every check, in order; one that breaks says so. */
export async function examine(env: Env, { box, now = new Date(), more = [] }: Looking): Promise<CheckLine[]> {
  const patient: Patient = { env, box, database: null, store: null, now }
  const lines: CheckLine[] = []
  try {
    for (const [name, look] of [...CHECKS, ...more]) {
      const finding = await Promise.resolve()
        .then(() => look(patient))
        .catch((error: Error) =>
          fail(`could not be looked at: ${error.message}`, 'Mend what the lines above say, then ask again.'),
        )
      if (finding) lines.push({ name, ...finding })
    }
  } finally {
    await patient.store?.close()
  }
  return lines
}
