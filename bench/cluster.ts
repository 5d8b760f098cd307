/**
 * Three servers on one PostgreSQL: schedules of one second, beside bare pg-boss (fetch, complete, nothing
 * else); and how soon a dead server's runs are found.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import pg from 'pg'
import { openPostgres } from '../db/postgres.ts'
import { CONFIG, freshFolder } from './world.ts'
import { type Figure, percentiles } from './figures.ts'
import { boss } from './sustained.ts'

const SERVERS = 3

interface Server {
  id: string
  process: ChildProcess
}

async function server(i: number, url: string): Promise<Server> {
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'production' as const,
    DATABASE_URL: url,
    DATA_DIR: freshFolder(`server-${i}`),
    JWT_SECRET: 'the same for every server here',
    LOG_LEVEL: 'silent',
    MAX_CONCURRENT_EXECUTIONS: '1500',
    MAX_CONCURRENT_PER_WORKSPACE: '1500',
  }
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'e2e', 'fixtures', 'headless.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const id = await new Promise<string>((resolve) =>
    child.stdout.on('data', (it: Buffer) => {
      const [, found] = /ready (\S+)/.exec(String(it)) ?? []
      if (found) resolve(found)
    }),
  )
  return { id, process: child }
}

const rowsOf = async (client: pg.Client, text: string, values: unknown[] = []) =>
  (await client.query(text, values)).rows as Record<string, string>[]

async function seed(client: pg.Client, count: number, context: string, dueAt: number): Promise<void> {
  const planned = Math.floor(dueAt / 60_000) * 60_000
  const minute = new Date(planned).getUTCMinutes()
  await client.query(
    `insert into triggers
      (workspace_id, name, agent_id, context, cron_expression, timezone, next_run_at, due_at, created_at,
        updated_at)
    select (select min(id) from workspaces), 'schedule ' || i, 'test-agent', $4,
      $1 || ',' || ($1::int + 10 + i % 40) % 60 || ' * * * *', 'Europe/Berlin', $2, $3, 0, 0
    from generate_series(1, $5::int) i`,
    [String(minute), planned, dueAt, context, count],
  )
  await client.query(
    `insert into trigger_revisions (trigger_id, revision, config, created_at) select id, 1, $1, 0 from triggers on conflict do nothing`,
    [CONFIG.replace('"{}"', JSON.stringify(context))],
  )
  // A word to the servers, as the verbs give it.
  await client.query(`select pg_notify('carillon', '{"from":"bench","workspaces":[]}')`)
}

async function until(client: pg.Client, text: string): Promise<void> {
  while (String((await rowsOf(client, text))[0]?.done) !== 'true')
    await new Promise((resolve) => setTimeout(resolve, 20))
}

export async function cluster({
  url,
  rounds,
  quick,
}: {
  url: string
  rounds: number
  quick: boolean
}): Promise<Figure[]> {
  const admin = new pg.Client(url)
  await admin.connect()
  const figures: Figure[] = []
  for (const count of quick ? [1000] : [1000, 10_000]) {
    const ours: number[] = []
    const theirs: number[] = []
    const late: number[] = []
    for (let i = 0; i < rounds; i++) {
      const name = `cluster_${count}_${i}`
      await admin.query(`create database ${name}`)
      const own = new URL(url)
      own.pathname = `/${name}`
      await (await openPostgres({ url: own.href, connections: 1 })).close()
      const servers = await Promise.all(Array.from({ length: SERVERS }, (_, n) => server(n, own.href)))
      const client = new pg.Client(own.href)
      await client.connect()
      const dueAt = Date.now() + 4000
      await seed(client, count, '{}', dueAt)
      await until(
        client,
        `select count(*) filter (where status = 'success') = ${count} as done from executions`,
      )
      const [row] = await rowsOf(
        client,
        `select max(completed_at) as ended, count(*) as n, count(distinct trigger_id) as triggers, (select count(*) from messages) as messages from executions`,
      )
      if (Number(row?.n) !== count || Number(row?.triggers) !== count || Number(row?.messages) !== count)
        throw new Error(`Lost or doubled: ${JSON.stringify(row)}`)
      ours.push(count / ((Number(row?.ended) - dueAt) / 1000))
      late.push(
        ...(await rowsOf(client, `select started_at - ${dueAt} as late from executions`)).map((it) =>
          Number(it.late),
        ),
      )
      for (const it of servers) it.process.kill('SIGKILL')
      await client.end()
      theirs.push(await boss(count, url))
      await admin.query(`drop database ${name} with (force)`)
    }
    const { p50, p99, max } = percentiles(late)
    const many = count.toLocaleString('en')
    figures.push(
      {
        name: `three servers, ${many} in one second`,
        unit: 'executions/s',
        ours,
        peer: 'bare pg-boss',
        theirs,
        goal: 0.18,
        higherIsBetter: true,
      },
      {
        name: `three servers, ${many} in one second: lateness p50 / p99 / max`,
        unit: 'ms',
        note: `${p50} / ${p99} / ${max}`,
      },
    )
  }
  figures.push({
    name: "a dead server's runs are found after",
    unit: 's',
    ours: [await recovery(admin, url)],
    goalAbsolute: 30,
  })
  await admin.end()
  return figures
}

/** Seconds from the SIGKILL of the server that holds a run until the run is settled by another. */
async function recovery(admin: pg.Client, url: string): Promise<number> {
  await admin.query('create database cluster_recovery')
  const own = new URL(url)
  own.pathname = '/cluster_recovery'
  await (await openPostgres({ url: own.href, connections: 1 })).close()
  const servers = await Promise.all(Array.from({ length: SERVERS }, (_, n) => server(n, own.href)))
  const client = new pg.Client(own.href)
  await client.connect()
  await seed(client, 30, '{"does":"hang"}', Date.now() + 2000)
  await until(client, `select count(*) filter (where status = 'running') = 30 as done from executions`)
  const owner = (await rowsOf(client, 'select owner from executions limit 1'))[0]?.owner
  servers.find((it) => it.id === owner)?.process.kill('SIGKILL')
  const begun = performance.now()
  await until(
    client,
    `select count(*) filter (where owner = '${owner}' and status = 'running') = 0 as done from executions`,
  )
  const seconds = (performance.now() - begun) / 1000
  for (const it of servers) it.process.kill('SIGKILL')
  await client.end()
  await admin.query('drop database cluster_recovery with (force)')
  return seconds
}
