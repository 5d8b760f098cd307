/** Who changed what, the way back, and the way back from being deleted. */
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { stores } from '#db/testing/stores.ts'
import { days } from '../clock.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'

const BEN = { kind: 'person', id: 'ben', name: 'Ben' } as const
const FIRST = { limit: 20 }

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World
  const begin = async () => {
    it = await on.begin({ now: '2026-03-01T08:00:00Z' })
  }
  const change = (id: number, body: object, by: typeof ADA | typeof BEN = ADA) =>
    it.triggers.change(it.workspaceId, id, body, by)
  const list = async (id: number) => (await it.revisions.ofTrigger(it.workspaceId, id, FIRST)).revisions
  const restore = (id: number, n: number, revision?: number) =>
    it.triggers.restoreRevision(it.workspaceId, id, n, { revision }, ADA)

  test('each change says who made it, when, and what is another since', async () => {
    await begin()
    const { id } = await it.schedule({ context: { does: 'succeed', text: 'a', deep: { x: 1 } } })
    it.clock.set('2026-03-01T08:10:00Z')
    await change(
      id,
      { context: { does: 'succeed', text: 'b', deep: { x: 2 } }, cronExpression: '0 10 * * *' },
      BEN,
    )
    const all = await list(id)
    expect(all).toMatchObject([
      {
        revision: 2,
        at: '2026-03-01T08:10:00.000Z',
        actor: { kind: 'person', id: 'ben' },
        changes: expect.arrayContaining([
          { path: 'cronExpression', from: '0 9 * * *', to: '0 10 * * *' },
          { path: 'context.text', from: 'a', to: 'b' },
          { path: 'context.deep.x', from: 1, to: 2 },
        ]),
      },
      { revision: 1, actor: { id: 'ada' }, changes: [] },
    ])
    expect(all[0]?.changes).toHaveLength(3)
    const one = await it.revisions.oneOfTrigger(it.workspaceId, id, 1)
    expect(one.config).toMatchObject({ cronExpression: '0 9 * * *', context: { text: 'a' } })
    await expect(it.revisions.oneOfTrigger(it.workspaceId, id, 3)).rejects.toMatchObject({
      problem: { status: 404 },
    })
    await expect(it.revisions.ofTrigger(it.workspaceId + 1, id, FIRST)).rejects.toMatchObject({
      problem: { status: 404 },
    })
  })

  test('a pause says who, since when, why and until when; its changes say why, too', async () => {
    await begin()
    const { id } = await it.schedule()
    it.clock.set('2026-03-01T08:10:00Z')
    const until = '2026-03-02T09:00:00.000Z'
    const paused = await it.triggers.toggle(
      it.workspaceId,
      id,
      { enabled: false, reason: 'Holiday', until },
      ADA,
    )
    expect(paused).toMatchObject({
      ...{ pausedBy: expect.any(String), pausedAt: '2026-03-01T08:10:00.000Z' },
      ...{ pausedReason: 'Holiday', pausedUntil: until },
    })
    await it.triggers.toggle(it.workspaceId, id, { enabled: false, reason: 'Painting', until }, ADA)
    await it.triggers.toggle(it.workspaceId, id, { enabled: true }, ADA)
    const [on, again, off] = await list(id)
    expect(off?.changes).toEqual([
      { path: 'enabled', from: true, to: false },
      { path: 'pausedReason', from: null, to: 'Holiday' },
      { path: 'pausedUntil', from: null, to: until },
    ])
    expect(again?.changes).toEqual([{ path: 'pausedReason', from: 'Holiday', to: 'Painting' }])
    expect(on?.changes).toMatchObject([{ path: 'enabled', to: true }, { to: null }, { to: null }])
    const back = await restore(id, 2)
    expect(back).toMatchObject({ enabled: true, pausedBy: null, pausedAt: null, pausedReason: null })
  })

  test('a page ends where the next begins, and its last says what it changed', async () => {
    await begin()
    const { id } = await it.schedule()
    for (const name of ['B', 'C', 'D']) await change(id, { name })
    const first = await it.revisions.ofTrigger(it.workspaceId, id, { limit: 2 })
    expect(first.revisions.map((one) => [one.revision, one.changes[0]?.to])).toEqual([
      [4, 'D'],
      [3, 'C'],
    ])
    const rest = await it.revisions.ofTrigger(it.workspaceId, id, {
      limit: 2,
      cursor: first.nextCursor as string,
    })
    expect(rest.revisions.map((one) => one.revision)).toEqual([2, 1])
    expect(rest.nextCursor).toBeNull()
    await expect(it.revisions.ofTrigger(it.workspaceId, id, { limit: 2, cursor: 'x' })).rejects.toMatchObject(
      { problem: { status: 400 } },
    )
  })

  test('a revision is restored as a new one: its settings and its times, not whether it is on', async () => {
    await begin()
    const { id } = await it.schedule({ context: { does: 'succeed', text: 'a' }, maxExecutions: 9 })
    await change(id, { cronExpression: '0 12 * * *', maxExecutions: null, context: { does: 'fail' } })
    const back = await restore(id, 1, 2)
    expect(back).toMatchObject({
      revision: 3,
      cronExpression: '0 9 * * *',
      maxExecutions: 9,
      context: { text: 'a' },
      nextRunAt: '2026-03-01T09:00:00.000Z',
    })
    await it.triggers.toggle(it.workspaceId, id, { enabled: false, reason: 'Holidays' }, ADA)
    const paused = await restore(id, 2)
    expect(paused).toMatchObject({
      revision: 5,
      enabled: false,
      pausedReason: 'Holidays',
      maxExecutions: null,
    })
    // What is so already makes no revision.
    expect((await restore(id, 5)).revision).toBe(5)
    expect((await list(id)).map((one) => one.revision)).toEqual([5, 4, 3, 2, 1])
  })

  test('to restore from a state that is no longer there is refused, with who changed it', async () => {
    await begin()
    const { id } = await it.schedule()
    await change(id, { name: 'Other' })
    await expect(restore(id, 1, 1)).rejects.toMatchObject({ problem: { status: 409 } })
    await expect(restore(id, 7)).rejects.toMatchObject({ problem: { status: 404 } })
    expect((await list(id)).length).toBe(2)
  })

  test('a deleted schedule comes back as it was, from now on, and is listed until then', async () => {
    await begin()
    const { id } = await it.schedule()
    const off = await it.schedule({ name: 'Off' })
    await it.triggers.toggle(it.workspaceId, off.id, { enabled: false, reason: 'Holidays' }, ADA)
    const before = (await it.trigger(id)).revision
    for (const one of [id, off.id]) await it.triggers.remove(it.workspaceId, one, ADA)
    const deleted = async () =>
      (await it.triggers.list(it.workspaceId, { limit: 50, deleted: true })).triggers.map((one) => [
        one.id,
        one.deletedAt,
      ])
    expect(await deleted()).toEqual([
      [id, '2026-03-01T08:00:00.000Z'],
      [off.id, '2026-03-01T08:00:00.000Z'],
    ])
    expect((await it.triggers.list(it.workspaceId, { limit: 50, deleted: false })).triggers).toEqual([])
    await it.at('2026-03-03T10:00:00Z')
    const back = await it.triggers.restore(it.workspaceId, id, BEN)
    expect(back).toMatchObject({
      enabled: true,
      deletedAt: null,
      revision: before + 1,
      nextRunAt: '2026-03-04T09:00:00.000Z',
    })
    expect(await it.triggers.restore(it.workspaceId, off.id, BEN)).toMatchObject({
      enabled: false,
      health: 'paused',
      pausedReason: 'Holidays',
    })
    expect(await deleted()).toEqual([])
    expect((await list(id))[0]).toMatchObject({ actor: { id: 'ben' }, changes: [] })
    await it.at('2026-03-04T09:00:00Z')
    await it.settled(1, id)
    // What passed while it was gone is not made up for.
    expect((await it.history(id)).map((one) => one.scheduledFor)).toEqual(['2026-03-04T09:00:00.000Z'])
    expect((await it.events()).map((one) => one.type)).toContain('schedule:created')
  })

  test('one that is there is not brought back, nor one that is gone for long, and of two who try one does', async () => {
    await begin()
    const { id } = await it.schedule()
    const back = () => it.triggers.restore(it.workspaceId, id, ADA)
    await expect(back()).rejects.toMatchObject({ problem: { status: 409 } })
    await it.triggers.remove(it.workspaceId, id, ADA)
    const both = await Promise.allSettled([back(), back()])
    expect(both.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await it.triggers.remove(it.workspaceId, id, ADA)
    it.clock.advance(days(30))
    await expect(back()).rejects.toMatchObject({ problem: { status: 404 } })
    expect(await it.triggers.list(it.workspaceId, { limit: 50, deleted: true })).toMatchObject({
      triggers: [],
    })
  })

  test('one that plain SQL broke is mended by what it was before', async () => {
    await begin()
    const { id } = await it.schedule()
    const { triggers } = it.store.t
    await it.store.q
      .update(triggers)
      .set({ problem: 'It cannot be planned.', cronExpression: 'x', dueAt: null, nextRunAt: null })
      .where(eq(triggers.id, id))
    expect(await restore(id, 1)).toMatchObject({ problem: null, nextRunAt: '2026-03-01T09:00:00.000Z' })
  })
})
