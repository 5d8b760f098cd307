/** Whatever changes a schedule, each instant that passed before leaves its trace, on both databases. */
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import * as upkeep from '#db/queries/upkeep.ts'
import { raw } from '#db/testing/raw.ts'
import { stores } from '#db/testing/stores.ts'
import { jitterMs } from './policies.ts'
import { ADA, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

const BEN = { kind: 'person', id: 'ben', name: 'Ben' } as const
const OFF = { enabled: false, reason: 'Holiday' }

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World

  async function begin(options: Parameters<typeof on.begin>[0] = {}): Promise<void> {
    it = await on.begin(options)
  }
  const traces = async (id: number) =>
    (await it.history(id)).map((one) => [
      one.scheduledFor?.slice(11, 16) ?? null,
      one.status,
      one.reasonCode,
      one.missedCount ?? 1,
    ])
  const toggle = (id: number, body: object) => it.triggers.toggle(it.workspaceId, id, body, ADA)
  const change = (id: number, body: object) => it.triggers.change(it.workspaceId, id, body, ADA)
  const ended = async (count: number, id: number) => {
    await it.settled(count, id)
    return traces(id)
  }

  test('an instant in its jitter window runs as it was planned, whatever the edit', async () => {
    await begin({ now: '2026-03-01T08:59:00Z' })
    const { id } = await it.schedule({ jitterSeconds: 3600 })
    await it.at('2026-03-01T08:59:30Z')
    const moment = Date.parse('2026-03-01T09:00:00Z') + jitterMs(id, 3600)
    await it.at('2026-03-01T09:00:00.001Z')
    await change(id, { cronExpression: '0 18 * * *', jitterSeconds: 0 })
    expect(await it.history(id)).toMatchObject([
      { scheduledFor: '2026-03-01T09:00:00.000Z', status: 'queued', startedAt: null },
    ])
    await it.at(new Date(moment + 1).toISOString())
    expect(await ended(1, id)).toEqual([['09:00', 'success', null, 1]])
    expect((await it.trigger(id)).nextRunAt).toBe(Date.parse('2026-03-01T18:00:00Z'))
  })

  test('a pause that begins in the jitter window leaves the run its turn', async () => {
    await begin({ now: '2026-03-01T08:59:00Z' })
    const { id } = await it.schedule({ jitterSeconds: 3600 })
    await it.at('2026-03-01T09:00:00.001Z')
    await toggle(id, OFF)
    await it.at('2026-03-01T10:00:01Z')
    expect(await ended(1, id)).toEqual([['09:00', 'success', null, 1]])
  })

  test('an edit of a paused schedule leaves one row for what passed, and goes on being paused', async () => {
    await begin()
    const { id } = await it.schedule({ cronExpression: '0 * * * *' })
    await toggle(id, OFF)
    await it.at('2026-03-01T11:30:00Z')
    expect(await change(id, { cronExpression: '15 * * * *' })).toMatchObject({
      enabled: false,
      health: 'paused',
      pausedReason: 'Holiday',
    })
    await it.at('2026-03-01T13:30:00Z')
    await toggle(id, { enabled: true })
    expect(await traces(id)).toEqual([
      ['09:00', 'skipped', 'paused', 3],
      ['12:15', 'skipped', 'paused', 2],
    ])
    expect((await it.trigger(id)).nextRunAt).toBe(Date.parse('2026-03-01T14:15:00Z'))
  })

  test('an edit, a toggle and a deletion while everything is paused leave their rows', async () => {
    await begin()
    const made = await Promise.all([1, 2, 3].map(() => it.schedule({ cronExpression: '0 * * * *' })))
    const [edited, toggled, deleted] = made.map((one) => one.id) as [number, number, number]
    await upkeep.pauseAll(on.store, 'upgrade', it.clock.now())
    // Nothing is dealt with while everything is paused.
    it.clock.set('2026-03-01T10:30:00Z')
    await change(edited, { cronExpression: '45 * * * *' })
    await toggle(toggled, OFF)
    await it.triggers.remove(it.workspaceId, deleted, ADA)
    for (const id of [edited, toggled, deleted])
      expect(await traces(id)).toEqual([['09:00', 'skipped', 'paused', 2]])
    await upkeep.resumeAll(on.store, it.clock.now())
  })

  test('one instant that was paused over is there to be seen, and switching on again is refused', async () => {
    await begin()
    const { id } = await it.schedule({ kind: 'once', cronExpression: undefined, at: '2026-03-01T09:00:00Z' })
    await toggle(id, OFF)
    await it.at('2026-03-01T09:30:00Z')
    await expect(toggle(id, { enabled: true })).rejects.toThrow('which has passed')
    expect(await traces(id)).toEqual([['09:00', 'skipped', 'paused', 1]])
  })

  test('an interval that can never run again is not switched on', async () => {
    await begin()
    const { id } = await it.schedule({
      kind: 'interval',
      cronExpression: undefined,
      everySeconds: 600,
      endsAt: '2026-03-01T08:15:00Z',
    })
    await toggle(id, OFF)
    await it.at('2026-03-01T09:00:00Z')
    await expect(toggle(id, { enabled: true })).rejects.toThrow('endsAt: leaves no instant to run at')
    expect(await traces(id)).toEqual([['08:10', 'skipped', 'paused', 1]])
  })

  test('a maximum that is lowered to what has run: the instant that was planned says so, and ends it', async () => {
    await begin()
    const { id } = await it.schedule({ cronExpression: '0 * * * *' })
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    expect(await change(id, { maxExecutions: 1 })).toMatchObject({ nextRunAt: '2026-03-01T10:00:00.000Z' })
    await it.at('2026-03-01T10:00:00Z')
    expect(await it.history(id)).toMatchObject([
      { status: 'success' },
      { reasonCode: 'disabled', reason: 'Skipped: the schedule has reached its maximum of 1 runs.' },
    ])
    expect(await it.trigger(id)).toMatchObject({ health: 'ended', nextRunAt: null })
  })

  test('what lies after the end of a pause was missed by the outage, not paused', async () => {
    await begin()
    const { id } = await it.schedule({ cronExpression: '0 * * * *' })
    await toggle(id, { ...OFF, until: '2026-03-01T10:30:00Z' })
    const { clock } = it
    await it.stop()
    clock.set('2026-03-01T13:30:00Z')
    it = await on.begin({ clock, keep: true })
    expect(await ended(3, id)).toEqual([
      ['09:00', 'skipped', 'paused', 2],
      ['11:00', 'missed', 'server_down', 2],
      ['13:00', 'success', null, 1],
    ])
    expect(await it.trigger(id)).toMatchObject({ enabled: true, pausedUntil: null })
  })

  test('a short pause of everything leaves out what lies in it, and says so', async () => {
    await begin({ now: '2026-03-01T08:59:50Z' })
    const { id } = await it.schedule({ kind: 'interval', cronExpression: undefined, everySeconds: 60 })
    await upkeep.pauseAll(on.store, 'upgrade', it.clock.now())
    it.clock.set('2026-03-01T09:01:00Z')
    await upkeep.resumeAll(on.store, it.clock.now())
    await it.at('2026-03-01T09:01:50Z')
    expect(await ended(2, id)).toEqual([
      ['09:00', 'skipped', 'paused', 1],
      ['09:01', 'success', null, 1],
    ])
  })

  test('a pause until is made longer, and made one for good', async () => {
    await begin()
    const { id } = await it.schedule({ cronExpression: '0 * * * *' })
    await toggle(id, { ...OFF, until: '2026-03-01T08:30:00Z' })
    expect(await toggle(id, { until: '2026-03-01T09:30:00Z' })).toMatchObject({
      enabled: false,
      pausedUntil: '2026-03-01T09:30:00.000Z',
      pausedReason: 'Holiday',
    })
    expect(await toggle(id, { enabled: false })).toMatchObject({ pausedUntil: null, pausedReason: 'Holiday' })
    await it.at('2026-03-01T10:30:00Z')
    expect(await it.trigger(id)).toMatchObject({ enabled: false })
    expect(await traces(id)).toEqual([])
  })

  test('whoever switches on what its maker left behind answers for it', async () => {
    await begin()
    const now = it.clock.now().getTime()
    const person = (id: string) =>
      raw(sql`insert into "user" (id, name, email, email_verified, installation_admin, created_at, updated_at)
        values (${sql.raw(`'${id}', '${id}', '${id}@example.org'`)}, true, false, ${sql.raw(`${now}, ${now}`)})`)
    await on.store.atomically([person('ada'), person('ben')])
    await on.store.q
      .insert(on.store.t.members)
      .values({ workspaceId: it.workspaceId, userId: 'ben', role: 'editor', createdAt: now })
    const { id } = await it.schedule({ cronExpression: '0 * * * *' })
    await it.at('2026-03-01T09:00:00Z')
    expect(await it.trigger(id)).toMatchObject({ enabled: false, createdBy: 'ada' })
    await it.triggers.toggle(it.workspaceId, id, { enabled: true }, BEN)
    await it.at('2026-03-01T10:00:00Z')
    expect(await ended(2, id)).toEqual([
      ['09:00', 'skipped', 'owner_left', 1],
      ['10:00', 'success', null, 1],
    ])
    expect(await it.trigger(id)).toMatchObject({ enabled: true, createdBy: 'ben' })
  })
})
