/** The doctor finds what is broken, harms nothing, and tells no secret. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqlite } from '#db/sqlite/index.ts'
import { freshDatabase } from '#db/testing/fresh-database.ts'
import { openPostgres } from '#db/postgres.ts'
import { sealFor } from '#lib/auth/seal.ts'
import { readSecrets } from '#lib/auth/secrets.ts'
import { readEnv } from '#lib/env.ts'
import { testSmtp } from '#lib/mail/testing/smtp.ts'
import { inWords, lookOver as examine } from './doctor.ts'

const NOW = new Date('2026-03-01T09:00:00Z')
let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-doctor-'))
  file = join(folder, 'carillon.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Nothing listens on port 1. */
const envOf = (more: Record<string, string> = {}) => readEnv({ DATA_DIR: folder, PORT: '1', ...more })
const found = async (name: string, more?: Record<string, string>) =>
  (await examine(envOf(more), NOW)).find((it) => it.name === name)

async function install(): Promise<void> {
  readSecrets(envOf())
  const store = await openSqlite({ file })
  await store.q
    .insert(store.t.workspaces)
    .values({ id: 1, name: 'Home', slug: 'home', createdAt: NOW.getTime() })
  await store.close()
  // As a server leaves it, whatever the mask of the tests.
  chmodSync(file, 0o600)
}
/** Plain SQL, as another program would write it. */
function write(statement: string): void {
  const db = new Database(file)
  db.exec(statement)
  db.close()
}
const schedule = (columns: string, values: string) =>
  write(
    `insert into triggers (workspace_id, name, agent_id, cron_expression, created_at, updated_at, ${columns}) values (1, 'Morning', 'test-agent', '0 9 * * *', 0, 0, ${values})`,
  )

test('how the code of skills is kept apart on this machine is said', async () => {
  expect(await found('Skills')).toMatchObject({
    level: 'ok',
    says: expect.stringMatching(/^Each run is a process/),
  })
})

test('what others on the machine can read is worth a word', async () => {
  await install()
  chmodSync(file, 0o644)
  expect(await found('Data folder')).toMatchObject({
    level: 'warn',
    says: `${file} can be read by others on this machine`,
    remedy: `chmod go-rwx ${file}`,
  })
})

test('a sound installation: only the server that does not run is worth a word', async () => {
  await install()
  const lines = await examine(envOf({ CHROMIUM_PATH: process.execPath }), NOW)
  expect(lines.filter((it) => it.level !== 'ok' && it.name !== 'Chromium').map((it) => it.name)).toEqual([
    'Server',
  ])
  expect(lines.map((it) => it.name)).toEqual([
    'Node',
    'Data folder',
    'Disk',
    'Secrets',
    'Database',
    'Migrations',
    'Clock',
    'Server',
    'Overdue',
    'Missed',
    'Quarantined',
    'Skills',
    'Chromium',
  ])
})

test('before the first start nothing is made and nothing fails', async () => {
  const lines = await examine(envOf(), NOW)
  expect(lines.filter((it) => it.level === 'fail')).toEqual([])
  expect([existsSync(file), existsSync(join(folder, 'secrets.json'))]).toEqual([false, false])
})

describe('what is wrong', () => {
  beforeEach(install)

  test.each<[string, string, string, () => void]>([
    [
      'a file that is no database',
      'Database',
      'fail',
      () => writeFileSync(file, 'not a database, but long enough to be read as one '.repeat(100)),
    ],
    ['a database that is gone', 'Database', 'fail', () => rmSync(file)],
    ['secrets that others can read', 'Secrets', 'fail', () => chmodSync(join(folder, 'secrets.json'), 0o644)],
    [
      'a database of a newer program',
      'Migrations',
      'fail',
      () => write('update __drizzle_migrations set created_at = created_at + 1e12'),
    ],
    [
      'a database of an older program',
      'Migrations',
      'warn',
      () => write('update __drizzle_migrations set created_at = 1'),
    ],
    [
      'a schedule that should have run',
      'Overdue',
      'warn',
      () => schedule('due_at, next_run_at', `${NOW.getTime() - 120_000}, ${NOW.getTime() - 120_000}`),
    ],
    [
      'a schedule that cannot be planned',
      'Quarantined',
      'warn',
      () => schedule('problem', `'Unknown time zone "EST5".'`),
    ],
  ])('%s', async (_, name, level, harm) => {
    harm()
    const line = await found(name)
    expect(line?.level).toBe(level)
    expect(line?.remedy).toBeTruthy()
  })

  test('missed instants count one by one, and only those of the last day', async () => {
    schedule('id', '1')
    const missed = (occurrence: string, at: number, count: string) =>
      write(`insert into executions
        (workspace_id, trigger_id, trigger_name, trigger_revision, agent_id, kind, occurrence, queued_at,
          available_at, status, missed_count)
        values (1, 1, 'Morning', 1, 'test-agent', 'schedule', '${occurrence}', ${at}, ${at}, 'missed', ${count})`)
    missed('one', NOW.getTime() - 3_600_000, 'null')
    missed('gap', NOW.getTime() - 3_600_000, '4')
    missed('old', NOW.getTime() - 3 * 86_400_000, '100')
    expect((await found('Missed'))?.says).toMatch(/^5 planned instants/)
  })

  test('a database of an older program is left as old as it is', async () => {
    write('update __drizzle_migrations set created_at = 1')
    await examine(envOf(), NOW)
    const db = new Database(file, { readonly: true })
    expect(db.prepare('select max(created_at) from __drizzle_migrations').pluck().get()).toBe(1)
    db.close()
  })

  test('a name cannot write to the terminal', async () => {
    schedule('problem', `'bad'`)
    write(`update triggers set name = char(27) || '[31mred'`)
    expect(inWords(await examine(envOf(), NOW))).not.toContain('\u001b')
  })
})

describe('what it leans on', () => {
  beforeEach(install)
  const ends: (() => unknown)[] = []
  afterEach(() => Promise.all(ends.splice(0).map((end) => end())))

  /** Answers its list of models to the right key. */
  async function model(): Promise<string> {
    const server = createServer((request, response) => {
      const isKnown = request.headers.authorization === 'Bearer right-key'
      response.writeHead(isKnown ? 200 : 401).end('{"data":[{"id":"small"}]}')
    })
    ends.push(() => new Promise((closed) => server.close(closed)))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  }
  const asked = (url: string, apiKey: string) => ({
    ...{ LLM_PROVIDER: 'openai-compatible', LLM_BASE_URL: url, LLM_API_KEY: apiKey },
  })
  const mailer = async (of: Parameters<typeof testSmtp>[0] = {}) => {
    const smtp = await testSmtp(of)
    ends.push(() => smtp.close())
    return smtp
  }
  const through = (port: number, user = '') => ({
    ...{ SMTP_URL: `smtp://${user}127.0.0.1:${port}`, SMTP_FROM: 'carillon@example.com' },
  })

  test('models: one that answers, one that is told the wrong key, one that is away', async () => {
    const url = await model()
    expect(await found('Models')).toBeUndefined()
    expect(await found('Models', asked(url, 'right-key'))).toMatchObject({
      ...{ level: 'ok', says: 'the model provider answers' },
    })
    expect(await found('Models', asked(url, 'wrong-key'))).toMatchObject({
      level: 'warn',
      says: '"LLM_PROVIDER": The key is wrong, or may not be used here.',
      remedy: expect.stringContaining('under Models'),
    })
    await ends.pop()?.()
    const away = await found('Models', asked(url, 'right-key'))
    expect(away).toMatchObject({ level: 'warn', says: expect.stringContaining('Nothing answers') })
  })

  test('a provider of a workspace is asked with its own key, where that can be opened', async () => {
    const url = await model()
    const provider = (name: string, key: string) =>
      write(`insert into model_providers (workspace_id, name, kind, base_url, api_key, created_at, updated_at)
        values (1, '${name}', 'openai-compatible', '${url}', '${key}', 0, 0)`)
    provider('Own', sealFor(envOf()).close('right-key', 'model provider of 1'))
    const inside = { ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' }
    expect((await found('Models', inside))?.level).toBe('ok')
    provider('Other', 'sealed elsewhere')
    expect(await found('Models', inside)).toMatchObject({
      level: 'warn',
      says: expect.stringMatching(/^The key of the model provider "Other" cannot be opened here/),
    })
  })

  test('mail: one that answers and is sent nothing, one that is not who it says, one that is away', async () => {
    const smtp = await mailer({ disabledCommands: ['STARTTLS', 'AUTH'] })
    expect(await found('Mail')).toBeUndefined()
    expect(await found('Mail', through(smtp.port))).toMatchObject({
      ...{ level: 'ok', says: 'the mail server answers' },
    })
    expect(smtp.taken).toEqual([])
    const closed = await mailer({ login: { user: 'ada', password: 'right' } })
    expect(await found('Mail', through(closed.port, 'ada:wrong@'))).toMatchObject({
      level: 'warn',
      says: expect.stringContaining('is signed by itself'),
      remedy: expect.stringContaining('under Mail'),
    })
    expect(await found('Mail', through(1))).toMatchObject({
      level: 'warn',
      says: expect.stringMatching(/^127\.0\.0\.1:1 cannot be reached/),
    })
  })

  test('push: its keys can be opened, or not', async () => {
    expect(await found('Push')).toBeUndefined()
    const keep = (keys: string) =>
      write(`insert into settings (name, value) values ('push_keys', '${keys}')
        on conflict (name) do update set value = excluded.value`)
    keep(sealFor(envOf()).close('{}', 'push keys'))
    expect((await found('Push'))?.level).toBe('ok')
    keep('sealed elsewhere')
    expect(await found('Push')).toMatchObject({ level: 'warn', remedy: expect.stringContaining('SIG_KEY') })
  })

  test('what cannot be opened for want of the secrets makes none', async () => {
    rmSync(join(folder, 'secrets.json'))
    expect(await found('Models', asked(await model(), 'right-key'))).toBeUndefined()
    expect(existsSync(join(folder, 'secrets.json'))).toBe(false)
  })
})

test('PostgreSQL: sound when it is, and no password in the words when it does not answer', async () => {
  const { url, drop } = await freshDatabase()
  await (await openPostgres({ url, connections: 1 })).close()
  const lines = await examine(envOf({ DATABASE_URL: url }), NOW)
  await drop()
  expect(lines.find((it) => it.name === 'Database')).toMatchObject({
    level: 'ok',
    says: expect.stringContaining('PostgreSQL'),
  })
  expect(lines.find((it) => it.name === 'Migrations')?.level).toBe('ok')

  const away = await examine(envOf({ DATABASE_URL: 'postgres://carillon:canary-word@127.0.0.1:1/none' }), NOW)
  expect(away.find((it) => it.name === 'Database')?.level).toBe('fail')
  expect(JSON.stringify(away)).not.toContain('canary-word')
})

test('the command: JSON on request, exit code 1 on a failure, no secret in either', async () => {
  await install()
  const ask = (env: Record<string, string>, ...words: string[]) => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'doctor.ts'), ...words],
      { env: { NODE_ENV: 'production', DATA_DIR: folder, PORT: '1', ...env }, encoding: 'utf8' },
    )
    return { status, stdout }
  }
  const canary = 'canary-canary-canary'
  const well = ask({ JWT_SECRET: canary, METRICS_TOKEN: canary }, '--json')
  expect(well.status).toBe(0)
  expect(JSON.parse(well.stdout).checks.length).toBeGreaterThan(10)
  chmodSync(join(folder, 'secrets.json'), 0o604)
  const ill = ask({})
  expect([ill.status, ill.stdout]).toEqual([1, expect.stringContaining('→ chmod 600')])
  const misconfigured = ask({ PORT: 'many', JWT_SECRET: 'short' })
  expect([misconfigured.status, misconfigured.stdout]).toEqual([
    1,
    expect.stringContaining('PORT expects a whole number'),
  ])
  const kept = Object.values(
    JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')) as Record<string, string>,
  )
  for (const { stdout } of [well, ill, misconfigured])
    for (const secret of [canary, ...kept]) expect(stdout).not.toContain(secret)
})
