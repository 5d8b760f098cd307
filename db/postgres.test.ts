/** What PostgreSQL says when something goes wrong, as the product hears it. */
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres } from './postgres.ts'
import { type Store, StoreUnavailable, type Text } from './store.ts'
import { freshDatabase } from './testing/fresh-database.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let shell: pg.Client
let store: Store
beforeAll(async () => {
  database = await freshDatabase()
  store = await openPostgres({ url: database.url, connections: 2 })
  shell = new pg.Client(database.url)
  await shell.connect()
})
afterAll(async () => {
  await shell.end()
  await store.close()
  await database.drop()
})

const sleepText: Text = () => sql`select pg_sleep(60)`
const divideText: Text = () => sql`select 1 / 0`
const oneText: Text = () => sql`select 1 as one`
const standbyText: Text = () => sql`set transaction read only`
const writeText: Text = () => sql`insert into settings (name, value) values ('a', 'b')`

async function interrupt(how: 'pg_cancel_backend' | 'pg_terminate_backend'): Promise<void> {
  let found = 0
  while (found === 0)
    found =
      (
        await shell.query(
          `select ${how}(pid) from pg_stat_activity where datname = current_database() and query like 'select pg_sleep(60)%'`,
        )
      ).rowCount ?? 0
}

test.each(['pg_cancel_backend', 'pg_terminate_backend'] as const)(
  '%s: it may be tried again, and the next statement works',
  async (how) => {
    for (const asked of [() => store.all(sleepText), () => store.atomically([[oneText], [sleepText]])]) {
      const failed = expect(asked()).rejects.toBeInstanceOf(StoreUnavailable)
      await interrupt(how)
      await failed
      expect(await store.all(oneText)).toEqual([{ one: 1 }])
    }
  },
)

test('a statement that is at fault itself is said as it is: no later time helps', async () => {
  for (const asked of [() => store.all(divideText), () => store.atomically([[divideText]])])
    await expect(asked()).rejects.toMatchObject({ name: 'error', code: '22012' })
  expect(await store.all(oneText)).toEqual([{ one: 1 }])
})

test('a connection that leads to a standby is given up', async () => {
  const connections = async () =>
    (
      await shell.query(
        `select pid from pg_stat_activity where datname = current_database() and application_name = 'carillon'`,
      )
    ).rows.map((it) => it.pid as number)
  const before = await connections()
  await expect(store.atomically([[standbyText], [writeText]])).rejects.toBeInstanceOf(StoreUnavailable)
  await store.all(oneText)
  const after = await connections()
  expect(before.filter((it) => !after.includes(it))).toHaveLength(1)
})

test('what others say on the channel ends nothing', async () => {
  const heard: number[][] = []
  store.onNews?.((workspaceIds) => void heard.push(workspaceIds))
  for (const payload of [
    'nonsense',
    '[]',
    '{"from":"x","workspaces":"all"}',
    '{"from":"x","workspaces":[7]}',
  ])
    await shell.query('select pg_notify($1, $2)', ['carillon', payload])
  while (!heard.some((it) => it.includes(7))) await shell.query('select 1')
  expect(heard.flat()).toEqual([7])
})
