/** Somebody holds a row in PostgreSQL: what needs it waits, the others go on. */
import pg from 'pg'
import { expect, test } from 'vitest'
import { openPostgres } from '#db/postgres.ts'
import { freshDatabase } from '#db/testing/fresh-database.ts'
import { minutes, seconds } from '../clock.ts'
import { ADA, world } from './testing/world.ts'

test.each(['triggers', 'executions'])(
  'the outcome of a run waits while its row in %s is held; the others are recorded',
  async (held) => {
    const database = await freshDatabase()
    const store = await openPostgres({ url: database.url, patienceMs: 200 })
    const shell = new pg.Client(database.url)
    await shell.connect()
    const it = await world(store)
    await it.start()
    try {
      const asks = { context: { does: 'hang' } }
      const locked = await it.schedule({ name: 'Locked', ...asks })
      const others = [
        await it.schedule({ name: 'One', ...asks }),
        await it.schedule({ name: 'Two', ...asks }),
      ]
      for (const { id } of [locked, ...others]) await it.triggers.runNow(it.workspaceId, id, {}, ADA)
      await it.running(3)
      const [run] = await it.history(locked.id)
      await shell.query('begin')
      await shell.query(`select 1 from ${held} where id = $1 for update`, [
        held === 'triggers' ? locked.id : run?.id,
      ])
      // All three end in the same moment.
      it.clock.advance(minutes(5))
      await it.until(async () => {
        const rows = await Promise.all(others.map(({ id }) => it.history(id)))
        return rows.every(([row]) => row?.status === 'failed')
      }, 'the outcomes of the others')
      expect(await it.history(locked.id)).toMatchObject([{ status: 'running' }])
      await shell.query('commit')
      it.clock.advance(seconds(5))
      await it.until(
        async () => (await it.history(locked.id))[0]?.status === 'failed',
        'the outcome that waited',
      )
    } finally {
      await it.stop()
      await shell.end()
      await store.close()
      await database.drop()
    }
  },
)

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
