/** What is done with all runs that fit, on both databases. */
import { describe, expect, test } from 'vitest'
import { stores } from '#db/testing/stores.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World
  const begin = async () => {
    it = await on.begin({ now: '2026-03-01T08:00:00Z' })
  }
  const run = (id: number, does: string) => it.triggers.runNow(it.workspaceId, id, { context: { does } }, ADA)

  test('what failed is run again, what has not ended is cancelled, and each is counted', async () => {
    await begin()
    const { id } = await it.schedule({ overlap: 'allow_all' })
    for (let n = 1; n <= 3; n++) {
      await run(id, n === 3 ? 'succeed' : 'fail')
      await it.settled(n, id)
    }
    const count = (status: 'failed' | 'success' | 'running') =>
      it.manyExecutions.count(it.workspaceId, { status: [status], triggerId: id })
    expect(await count('failed')).toEqual({ count: 2, more: false, runs: 2 })
    const again = (asked: object) =>
      it.manyExecutions.retryAll(it.workspaceId, { ...asked, triggerId: id }, ADA)
    await expect(again({ status: ['failed'], count: 3 })).rejects.toMatchObject({ problem: { status: 409 } })
    expect(await again({ status: ['failed'], count: 2 })).toEqual({ done: 2, refused: [] })
    await it.settled(5, id)
    expect((await it.history(id)).filter((one) => one.kind === 'retry')).toHaveLength(2)
    // What goes on cannot be run again, and is not asked to be.
    expect(await again({ status: ['running'] })).toEqual({ done: 0, refused: [] })
    await run(id, 'hang')
    await it.running(1)
    expect(await it.manyExecutions.cancelAll(it.workspaceId, { triggerId: id }, ADA)).toEqual({
      done: 1,
      refused: [],
    })
    await it.settled(6, id)
    expect((await it.history(id)).at(-1)?.status).toBe('cancelled')
  })

  test('a row that stands for a gap is counted as one, and as what it stands for', async () => {
    const own = await on.open()
    const many = await own.schedule({ misfire: 'skip', cronExpression: '0 9-11 * * *' })
    await own.schedule({ misfire: 'skip', cronExpression: '0 9 * * *' })
    own.clock.set('2026-03-01T11:30:00Z')
    await own.start()
    await own.until(async () => (await own.history()).length === 2)
    const count = (filter: object) => own.manyExecutions.count(own.workspaceId, filter)
    expect(await count({})).toEqual({ count: 2, more: false, runs: 4 })
    expect(await count({ status: ['missed'], kind: 'schedule' })).toEqual({ count: 2, more: false, runs: 4 })
    expect(await count({ triggerId: many.id })).toEqual({ count: 1, more: false, runs: 3 })
    expect(await count({ status: ['success'] })).toEqual({ count: 0, more: false, runs: 0 })
  })

  test('a run knows its neighbours, and what it ran with that the one before it did not', async () => {
    await begin()
    const { id } = await it.schedule({ context: { does: 'succeed', text: 'a' } })
    await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.settled(1, id)
    it.clock.set('2026-03-01T08:10:00Z')
    await it.triggers.change(
      it.workspaceId,
      id,
      { context: { does: 'succeed', text: 'b' }, name: 'Other', retries: 2 },
      ADA,
    )
    await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.settled(2, id)
    const [first, second] = (await it.history(id)).map((one) => one.id) as [number, number]
    expect(await it.executions.beside(it.workspaceId, first)).toMatchObject({
      earlier: null,
      later: second,
      before: null,
      changes: [],
    })
    const beside = await it.executions.beside(it.workspaceId, second)
    expect(beside).toMatchObject({ earlier: first, later: null, before: { id: first, output: 'a' } })
    expect(beside.changes.toSorted((a, b) => a.path.localeCompare(b.path))).toEqual([
      { path: 'context.text', from: 'a', to: 'b' },
      { path: 'retries', from: 0, to: 2 },
    ])
    await expect(it.executions.beside(it.workspaceId, 999_999)).rejects.toMatchObject({
      problem: { status: 404 },
    })
  })
})
