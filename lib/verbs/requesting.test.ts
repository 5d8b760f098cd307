/** Who asked for a run is kept with it, on both databases. */
import { describe, expect, test } from 'vitest'
import { stores } from '#db/testing/stores.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'

const BEN = { kind: 'person', id: 'ben', name: 'Ben' } as const
const NIGHTLY = { kind: 'key', id: 'key:3', name: 'nightly' } as const

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World
  const requesters = async () => (await it.history()).map((one) => [one.kind, one.requestedBy])

  test('a run says who asked for it, and one that its time brought says nobody', async () => {
    it = await on.open()
    const { id } = await it.schedule()
    await it.start()
    await it.at('2026-03-01T09:00:00Z')
    await it.settled(1)
    const answered = await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    expect(answered.requestedBy).toEqual(ADA)
    await it.settled(2)
    await it.executions.retry(it.workspaceId, answered.id, NIGHTLY)
    await it.settled(3)
    const range = { from: '2026-02-27T00:00:00Z', to: '2026-02-28T00:00:00Z', dryRun: false }
    await it.triggers.backfill(it.workspaceId, id, range, BEN)
    await it.settled(4)
    expect(await requesters()).toEqual([
      ['schedule', null],
      ['manual', ADA],
      ['retry', NIGHTLY],
      ['backfill', BEN],
    ])
    expect((await it.executions.get(it.workspaceId, answered.id)).requestedBy).toEqual(ADA)
  })

  test('a run is run again as its schedule is set now, or as that run had it', async () => {
    it = await on.open()
    const { id } = await it.schedule({ timeoutSeconds: 60 })
    await it.start()
    const first = await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.settled(1)
    await it.triggers.change(it.workspaceId, id, { agentId: 'safe-agent', timeoutSeconds: 90 }, ADA)
    const ranWith = async (config?: 'current' | 'same') => {
      const again = await it.executions.retry(it.workspaceId, first.id, ADA, undefined, config && { config })
      const { agentId, config: had, retryOf } = await it.executions.get(it.workspaceId, again.id)
      return [agentId, had.timeoutSeconds, retryOf]
    }
    expect(await ranWith('same')).toEqual(['test-agent', 60, first.id])
    await it.settled(2)
    expect(await ranWith('current')).toEqual(['safe-agent', 90, first.id])
    await it.settled(3)
    expect(await ranWith()).toEqual(['safe-agent', 90, first.id])
  })

  test('whoever cancels it does not become who asked, nor does whoever asks again under the same key', async () => {
    it = await on.open()
    const { id } = await it.schedule({ context: { does: 'hang' } })
    await it.start()
    const run = await it.triggers.runNow(it.workspaceId, id, {}, ADA, 'one request')
    await it.running(1)
    expect((await it.triggers.runNow(it.workspaceId, id, {}, BEN, 'one request')).requestedBy).toEqual(ADA)
    await it.triggers.runNow(it.workspaceId, id, {}, BEN)
    await it.executions.cancel(it.workspaceId, run.id, BEN)
    await it.settled(2)
    expect(await it.history()).toMatchObject([
      { status: 'cancelled', requestedBy: ADA, reason: 'Cancelled by Ben.' },
      { status: 'skipped', requestedBy: BEN },
    ])
  })

  test('what it ran with is shown as its schedule showed it then', async () => {
    it = await on.open()
    await it.start()
    const was = await it.schedule({
      startsAt: '2026-02-01T00:00:00Z',
      breaker: { costPerHour: 3 },
      approvals: { role: 'admin' },
    })
    const { id } = await it.triggers.runNow(it.workspaceId, was.id, {}, ADA)
    await it.triggers.change(it.workspaceId, was.id, { breaker: { ...was.breaker, costPerHour: 5 } }, ADA)
    const { approvals, breaker, config, context, startsAt, endsAt } = was
    const shown = { approvals, breaker, config, context, startsAt, endsAt }
    expect((await it.executions.get(it.workspaceId, id)).config).toMatchObject(shown)
  })
})
