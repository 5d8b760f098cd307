/** Somebody holds the row of one schedule in PostgreSQL: the others run, and it runs when it is free. */
import pg from 'pg'
import { expect, test } from 'vitest'
import { openPostgres } from '#db/postgres.ts'
import { freshDatabase } from '#db/testing/fresh-database.ts'
import { world } from './testing/world.ts'

test('what is locked is passed over and tried again', async () => {
  const database = await freshDatabase()
  const store = await openPostgres({ url: database.url })
  const shell = new pg.Client(database.url)
  await shell.connect()
  const it = await world(store)
  await it.start()
  try {
    const locked = await it.schedule({ name: 'Locked' })
    for (const name of ['One', 'Two', 'Three']) await it.schedule({ name })
    await it.until(() => it.engine.loop.asleep, 'the loop to rest')
    await shell.query('begin')
    await shell.query('select 1 from triggers where id = $1 for update', [locked.id])
    it.clock.set('2026-03-01T09:00:00Z')
    await it.settled(3)
    expect(await it.history(locked.id)).toEqual([])
    await shell.query('commit')
    await it.until(() => it.engine.loop.asleep, 'the loop to rest')
    it.clock.advance(1_001)
    await it.settled(4)
    expect(await it.history(locked.id)).toMatchObject([{ status: 'success' }])
  } finally {
    await it.stop()
    await shell.end()
    await store.close()
    await database.drop()
  }
})
