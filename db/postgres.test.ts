/** What PostgreSQL says when something goes wrong, as the product hears it. */
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPostgres } from './postgres.ts'
import { as, statement } from './statement.ts'
import { isUnavailable, type Store, StoreUnavailable } from './store.ts'
import { freshDatabase } from './testing/fresh-database.ts'
import { raw } from './testing/raw.ts'

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

const sleep = raw(sql`select pg_sleep(60)`)
const divide = raw(sql`select 1 / 0`)
const one = raw(sql`select 1 as one`)
const standby = raw(sql`set transaction read only`)
const write = raw(sql`insert into settings (name, value) values ('a', 'b')`)

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
    for (const asked of [() => store.all(sleep), () => store.atomically([one, sleep])]) {
      const failed = expect(asked()).rejects.toBeInstanceOf(StoreUnavailable)
      await interrupt(how)
      await failed
      expect(await store.all(one)).toEqual([{ one: 1 }])
    }
  },
)

test('a statement that takes too long is said to take too long, and not that the database is away', async () => {
  const impatient = raw(sql`select set_config('statement_timeout', '10ms', true)`)
  await expect(store.atomically([impatient, sleep])).rejects.toMatchObject({
    name: 'StoreUnavailable',
    message: expect.stringMatching(/^PostgreSQL was not done in time: .*statement timeout/),
  })
  expect(await store.all(one)).toEqual([{ one: 1 }])
})

test('a statement that is at fault itself is said as it is: no later time helps', async () => {
  for (const asked of [() => store.all(divide), () => store.atomically([divide])])
    await expect(asked()).rejects.toMatchObject({ name: 'error', code: '22012' })
  expect(await store.all(one)).toEqual([{ one: 1 }])
})

describe('what lost a race is tried again', () => {
  beforeAll(async () => {
    // A sequence does not go back with its transaction: it counts the tries.
    await shell.query(`
      create sequence tries;
      create function lose_twice(code text) returns bigint language plpgsql as $$
      begin
        if nextval('tries') <= 2 then raise exception 'lost' using errcode = code; end if;
        return currval('tries');
      end $$;
      create function lose_write() returns trigger language plpgsql as $$
      begin
        perform lose_twice(new.value);
        return new;
      end $$;
      create function lose_account() returns trigger language plpgsql as $$
      begin
        perform lose_twice(tg_argv[0]);
        return new;
      end $$;
      create trigger lose before insert on settings for each row when (new.name like 'race%') execute function lose_write()`)
  })
  beforeEach(async () => {
    await shell.query(`delete from settings where name like 'race%'; alter sequence tries restart`)
  })
  const loseTwice = statement({
    values: { code: 'text' },
    answer: ({ code }) => ({ tries: as('int', sql`lose_twice(${code})`) }),
    text: ({ answer }) => sql`select ${answer}`,
  })
  const race = statement({
    values: { code: 'text' },
    answer: { name: as('text', sql`name`) },
    text: ({ returning, values: { code } }) =>
      sql`insert into settings (name, value) values ('race', ${code}) ${returning}`,
  })

  describe.each(['40P01', '40001', '55P03'])('%s', (code) => {
    const tries = async () => Number((await shell.query('select last_value from tries')).rows[0].last_value)

    test('a text by itself', async () => {
      expect(await store.all(loseTwice({ code }))).toEqual([{ tries: 3 }])
    })
    test('a transaction, whole', async () => {
      expect(await store.atomically([one, race({ code })])).toEqual([[{ one: 1 }], [{ name: 'race' }]])
      expect(await tries()).toBe(3)
    })
    test("drizzle's builder reads", async () => {
      const { settings } = store.t
      await store.q.insert(settings).values({ name: 'quiet', value: 'x' }).onConflictDoNothing()
      const found = await store.q
        .select({ tries: sql`lose_twice(${code})`.mapWith(Number) })
        .from(settings)
        .limit(1)
      expect(found).toEqual([{ tries: 3 }])
    })
    test("drizzle's builder writes", async () => {
      const { settings } = store.t
      await store.q.insert(settings).values({ name: 'race', value: code })
      expect(await tries()).toBe(3)
    })
    test('an account', async () => {
      await shell.query(
        `create or replace trigger lose before insert on "user" for each row execute function lose_account('${code}')`,
      )
      const adapter = drizzleAdapter(store.q, { provider: 'pg', schema: { user: store.t.user } })({})
      await adapter.create({
        model: 'user',
        data: {
          name: 'Ada',
          email: `${code}@example.com`,
          emailVerified: true,
          createdAt: new Date(),
          updatedAt: new Date(),
        },
      })
      expect(await tries()).toBe(3)
    })
  })

  test('more often than a race can be lost, it is for later', async () => {
    await shell.query('alter sequence tries minvalue -100 restart -100')
    for (const asked of [
      () => store.all(loseTwice({ code: '40P01' })),
      () => store.atomically([loseTwice({ code: '40P01' })]),
    ])
      await expect(asked()).rejects.toBeInstanceOf(StoreUnavailable)
    const asked = store.q.insert(store.t.settings).values({ name: 'race', value: '40P01' })
    await expect(asked).rejects.toSatisfy(isUnavailable)
  })

  test('a statement that is the victim of a real deadlock', async () => {
    await shell.query(`
      insert into settings (name, value) values ('one', ''), ('other', '') on conflict do nothing;
      create function cross() returns void language plpgsql as $$
      begin
        update settings set value = value || 'x' where name = 'one';
        update settings set value = value || 'x' where name = 'other';
      end $$;
      -- The other side finds it.
      set deadlock_timeout = '1h'`)
    await shell.query(`begin; update settings set value = value || 'y' where name = 'other'`)
    const cross = raw(sql`select cross()`)
    const crossed = store.all(cross)
    const watch = new pg.Client(database.url)
    await watch.connect()
    for (let waits = 0; waits === 0; )
      waits =
        (
          await watch.query(
            `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'select cross()%'`,
          )
        ).rowCount ?? 0
    await watch.end()
    await shell.query(`update settings set value = value || 'y' where name = 'one'; commit`)
    await crossed
    const { rows } = await shell.query(`select value from settings where name in ('one', 'other')`)
    expect(rows).toEqual([{ value: 'yx' }, { value: 'yx' }])
  })

  test('a migration beside a server that goes on', async () => {
    const fresh = await freshDatabase()
    const admin = new pg.Client(fresh.url)
    await admin.connect()
    try {
      await admin.query(`
        create sequence tries;
        create function lose_twice() returns event_trigger language plpgsql as $$
        begin
          if nextval('tries') in (20, 70) then raise exception 'lost' using errcode = '40P01'; end if;
        end $$;
        create event trigger lose on ddl_command_start execute function lose_twice()`)
      await (await openPostgres({ url: fresh.url, connections: 1 })).close()
      const { rows } = await admin.query(`select count(*)::int as n from drizzle.__drizzle_migrations`)
      expect(rows[0].n).toBeGreaterThan(0)
    } finally {
      await admin.end()
      await fresh.drop()
    }
  })
})

test('a connection that leads to a standby is given up', async () => {
  const connections = async () =>
    (
      await shell.query(
        `select pid from pg_stat_activity where datname = current_database() and application_name = 'carillon'`,
      )
    ).rows.map((it) => it.pid as number)
  const before = await connections()
  await expect(store.atomically([standby, write])).rejects.toBeInstanceOf(StoreUnavailable)
  await store.all(one)
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
