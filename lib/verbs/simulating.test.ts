/** A trigger is tried on what was recorded, and nothing is written. */
import { describe, expect, test } from 'vitest'
import { recordFacts } from '#db/queries/facts.ts'
import { countEvents, lockWorkspaces } from '#db/queries/story.ts'
import { stores } from '#db/testing/stores.ts'
import { days, minutes } from '../clock.ts'
import { NewTrigger, type NewTriggerInput } from '../contract/trigger.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  async function tell(it: World, n: number): Promise<void> {
    const { workspaceId } = it
    const actor = { kind: 'system', id: null, name: 'Shop' } as const
    const fact = { workspaceId, type: 'custom.order', occurredAt: it.clock.now(), actor, data: { n } }
    await it.store.atomically([
      lockWorkspaces([workspaceId]),
      recordFacts([fact], it.clock.now()),
      countEvents([workspaceId]),
    ])
  }
  const simulate = (it: World, from: Date, change: Partial<NewTriggerInput> = {}, assumeSeconds = 0) =>
    it.simulating.run(it.workspaceId, {
      trigger: NewTrigger.parse({
        ...{ name: 'Filing', agentId: 'test-agent', kind: 'event' },
        event: { types: ['custom.order'], filter: { path: 'data.n', op: 'gt', value: 0 } },
        ...change,
      }),
      ...{ from: from.toISOString(), to: it.clock.now().toISOString(), assumeSeconds },
    })

  test('what it would have fired on, in the span that is asked for and as long as events are kept', async () => {
    const it = await on.open()
    await tell(it, 9)
    it.clock.advance(days(15))
    const from = it.clock.now()
    for (const n of [1, 0, 2]) {
      await tell(it, n)
      it.clock.advance(minutes(1))
    }
    const to = it.clock.now()
    const { occurrences, counts, truncated } = await simulate(it, from)
    expect(occurrences.map((one) => [one.at, one.verdict])).toEqual([
      [from.toISOString(), 'ran'],
      [new Date(from.getTime() + minutes(2)).toISOString(), 'ran'],
    ])
    expect([counts, truncated]).toEqual([{ ran: 2 }, false])
    expect((await simulate(it, new Date(to.getTime() - days(20)))).occurrences).toEqual(occurrences)
    const slow = await simulate(it, from, { overlap: 'skip' }, 600)
    expect(slow.counts).toEqual({ ran: 1, skipped: 1 })
    expect(await it.history()).toEqual([])
  })

  test('what a run takes and uses rests on its own history where it has one, else on its agent’s', async () => {
    const it = await on.begin()
    const from = it.clock.now()
    const { id } = await it.schedule({ cronExpression: '0 9 * * *' })
    const of = async (own?: number) => {
      const trigger = NewTrigger.parse({ name: 'x', agentId: 'test-agent', cronExpression: '0 9 * * *' })
      const span = { from: from.toISOString(), to: new Date(from.getTime() + days(2)).toISOString() }
      return (await it.simulating.run(it.workspaceId, { trigger, id: own, ...span })).basis
    }
    expect([await of(), await of(id)]).toEqual(['none', 'none'])
    await it.triggers.runNow(it.workspaceId, id, {}, ADA)
    await it.settled(1)
    expect([await of(), await of(id), await of(999)]).toEqual(['same_agent', 'own_history', 'same_agent'])
  })

  test('a run that has ended makes room for the one behind it', async () => {
    const it = await on.open()
    const from = it.clock.now()
    for (const n of [1, 2, 3]) {
      await tell(it, n)
      it.clock.advance(minutes(2))
    }
    // Three minutes each: the second waits for a minute, and the third would find the second still going.
    const { occurrences } = await simulate(it, from, { overlap: 'buffer_one' }, 180)
    expect(occurrences.map((one) => one.verdict)).toEqual(['ran', 'late', 'late'])
    const { occurrences: dropped } = await simulate(it, from, { overlap: 'skip' }, 180)
    expect(dropped.map((one) => one.verdict)).toEqual(['ran', 'skipped', 'ran'])
  })
})
