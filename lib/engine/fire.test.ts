/** What people and happenings ask for: one way in, whatever stands in the trigger's way. On both databases. */
import { describe, expect, test } from 'vitest'
import type { Occurrence } from '#db/queries/firing.ts'
import { stores } from '#db/testing/stores.ts'
import { ADA, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World

  const occurrence = (key: string): Occurrence => ({
    key,
    kind: 'manual',
    scheduledFor: null,
    status: 'queued',
    availableAt: it.clock.now(),
    isCatchup: false,
    reason: null,
    reasonCode: null,
    overlapReason: 'Skipped: another run of this schedule was still going.',
    notice: null,
    missedFrom: null,
    missedTo: null,
    missedCount: null,
  })
  const pause = (id: number) =>
    it.triggers.toggle(it.workspaceId, id, { enabled: false, reason: 'holiday' }, ADA)

  test('a key makes one execution, and answers it again', async () => {
    it = await on.open()
    const { id } = await it.schedule()
    const trigger = await it.trigger(id)
    const [first] = await it.engine.fire(trigger, [occurrence('a')], { evenIfPaused: false })
    expect(await it.engine.fire(trigger, [occurrence('a')], { evenIfPaused: false })).toEqual([first])
    expect(await it.history()).toMatchObject([{ status: 'queued' }])
  })

  test('a paused trigger leaves a skipped row that says why, unless somebody who may asks', async () => {
    it = await on.open()
    const { id } = await it.schedule()
    await pause(id)
    const trigger = await it.trigger(id)
    await it.engine.fire(trigger, [occurrence('a')], { evenIfPaused: false })
    await it.engine.fire(trigger, [occurrence('b')], { evenIfPaused: true })
    expect(await it.history()).toMatchObject([
      { status: 'skipped', reasonCode: 'paused', reason: 'Skipped: the schedule was paused (holiday).' },
      { status: 'queued', reasonCode: null },
    ])
  })

  test('one that is deleted makes nothing, whoever asks', async () => {
    it = await on.open()
    const { id } = await it.schedule()
    const trigger = await it.trigger(id)
    await it.triggers.remove(it.workspaceId, id, ADA)
    for (const evenIfPaused of [true, false])
      expect(await it.engine.fire(trigger, [occurrence('a')], { evenIfPaused })).toEqual([])
    expect(await it.history()).toEqual([])
  })
})
