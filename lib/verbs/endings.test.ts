/** Who waits for a run hears of its end, and of nothing else. */
import { expect, test } from 'vitest'
import { openSqlite } from '#db/sqlite/index.ts'
import { seconds } from '../clock.ts'
import { createNews } from '../engine/news.ts'
import { world } from '../engine/testing/world.ts'
import { createEndings } from './endings.ts'

test('a wait ends with the run, after its time, or with the server', async () => {
  const it = await world(await openSqlite({ file: ':memory:' }))
  const { hint, onHint } = createNews()
  let asked = 0
  const store = {
    ...it.inner,
    all(statement: never) {
      asked++
      return it.inner.all(statement)
    },
  } as typeof it.inner
  const endings = createEndings({ store, clock: it.clock, onHint })
  await it.start()
  const { id } = await it.schedule({ context: { does: 'hang' } })
  const by = { kind: 'person', id: 'ada', name: 'Ada' } as const
  const { id: executionId } = await it.triggers.runNow(it.workspaceId, id, {}, by)
  const of = (withinMs: number) => endings.of({ workspaceId: it.workspaceId, executionId, withinMs })

  const soon = of(seconds(5))
  it.clock.advance(seconds(5))
  expect(await soon).toBeNull()

  await it.running(1)
  asked = 0
  const waiting = Array.from({ length: 50 }, () => of(seconds(60)))
  await it.executions.cancel(it.workspaceId, executionId, by)
  await it.settled(1)
  for (let n = 0; n < 20; n++) hint([it.workspaceId])
  const heard = await Promise.all(waiting)
  expect(heard.map((one) => one?.status)).toEqual(Array(50).fill('cancelled'))
  expect(asked).toBeLessThan(10)
  expect((await of(seconds(60)))?.id).toBe(executionId)

  const other = await it.triggers.runNow(it.workspaceId, id, {}, by)
  const last = endings.of({ workspaceId: it.workspaceId, executionId: other.id, withinMs: seconds(60) })
  endings.close()
  expect(await last).toBeNull()
  await it.stop()
})
