/** Why an event fired a trigger, or did not, on both databases. */
import { describe, expect, test } from 'vitest'
import { recordFacts } from '#db/queries/facts.ts'
import { countEvents, lockWorkspaces } from '#db/queries/story.ts'
import { stores } from '#db/testing/stores.ts'
import { minutes } from '../clock.ts'
import { NewTrigger, type NewTriggerInput } from '../contract/trigger.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'

const filter = { path: 'data.n', op: 'gt', value: 1 } as const

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)

  const waitsFor = (it: World, change: Partial<NewTriggerInput> = {}) =>
    it.triggers.create(
      it.workspaceId,
      NewTrigger.parse({
        ...{ name: 'Filing', agentId: 'test-agent', kind: 'event' },
        event: { types: ['custom.order'], filter },
        ...change,
      }),
      ADA,
    )
  /** Answers the number of the event. */
  async function tell(it: World, n: number, type = 'custom.order'): Promise<number> {
    const fact = {
      type,
      occurredAt: it.clock.now(),
      actor: { kind: 'system', id: null, name: 'Shop' } as const,
    }
    const { workspaceId } = it
    await it.store.atomically([
      lockWorkspaces([workspaceId]),
      recordFacts([{ workspaceId, ...fact, data: { n } }], it.clock.now()),
      countEvents([workspaceId]),
    ])
    const told = (await it.events()).filter((one) => one.type === 'event:recorded')
    return told.at(-1)?.seq as number
  }
  async function happens(it: World, n: number, type?: string): Promise<number> {
    const seq = await tell(it, n, type)
    await it.engine.matcher.catchUp()
    return seq
  }
  const ask = (it: World, id: number, query: Parameters<World['why']['ask']>[2]) =>
    it.why.ask(it.workspaceId, id, query)
  const answer = async (it: World, id: number, eventId: number) => {
    const { verdict, answer } = await ask(it, id, { eventId })
    return [verdict, answer]
  }

  test('what fired, what was filtered with both values, and what nobody listens for', async () => {
    const it = await on.begin()
    const { id } = await waitsFor(it)
    it.clock.advance(minutes(1))
    const fired = await happens(it, 2)
    await it.settled(1, id)
    const small = await happens(it, 0)
    const smaller = await happens(it, -1)
    const other = await happens(it, 9, 'custom.other')
    const run = (await it.history(id)).at(0)
    expect(await ask(it, id, { eventId: fired })).toMatchObject({ verdict: 'ran', executionId: run?.id })
    // Equal looks are one row, which keeps the last of them: the one before is held again.
    for (const [seq, actual] of [
      [small, 0],
      [smaller, -1],
    ] as const) {
      expect(await answer(it, id, seq)).toEqual([
        'filtered',
        `Event ${seq} did not fire: data.n is ${actual}, and should be gt 1.`,
      ])
      expect((await ask(it, id, { eventId: seq })).evidence).toContainEqual(
        expect.objectContaining({
          kind: 'comparison',
          text: `data.n gt 1: ${actual}, not so`,
          ref: 'data.n',
        }),
      )
    }
    expect(await answer(it, id, other)).toEqual([
      'not_planned',
      `Event ${other} is custom.other: the schedule listened for custom.order of others.`,
    ])
    await expect(ask(it, id, { eventId: 99_999 })).rejects.toThrow('There is no such event here.')
  })

  test('of what came before it was made, while it was off, after it was deleted, and is not looked at yet', async () => {
    const it = await on.begin()
    const before = await happens(it, 2)
    it.clock.advance(minutes(1))
    const { id } = await waitsFor(it)
    it.clock.advance(minutes(1))
    await it.triggers.toggle(it.workspaceId, id, { enabled: false, reason: 'Holidays' }, ADA)
    it.clock.advance(minutes(1))
    const [off, alsoOff] = [await happens(it, 2), await happens(it, 2)]
    expect((await answer(it, id, before))[0]).toBe('not_planned')
    for (const seq of [off, alsoOff]) {
      const [verdict, words] = await answer(it, id, seq)
      expect([verdict, words]).toEqual(['paused', expect.stringContaining('Holidays')])
    }
    it.clock.advance(minutes(1))
    const soon = await tell(it, 2)
    expect((await answer(it, id, soon))[0]).toBe('queued')
    await it.triggers.remove(it.workspaceId, id, ADA)
    it.clock.advance(minutes(1))
    expect((await answer(it, id, await happens(it, 2)))[0]).toBe('deleted')
  })

  test('an edit does not change what was true: the filter of then decides', async () => {
    const it = await on.begin()
    const { id } = await waitsFor(it)
    it.clock.advance(minutes(1))
    const [first] = [await happens(it, 0), await happens(it, 1)]
    it.clock.advance(minutes(1))
    await it.triggers.change(it.workspaceId, id, { event: { types: ['custom.order'], maxDepth: 8 } }, ADA)
    expect((await answer(it, id, first))[0]).toBe('filtered')
  })

  test('an event that was gathered is answered with the run that it stands in', async () => {
    const it = await on.begin()
    const { id } = await waitsFor(it, { collect: { maxSeconds: 600, keep: 'all' } })
    const seqs = [await happens(it, 2), await happens(it, 3)]
    const answers = await Promise.all(seqs.map((eventId) => ask(it, id, { eventId })))
    const [run] = await it.history(id)
    expect(answers.map((one) => [one.verdict, one.executionId])).toEqual([
      ['queued', run?.id],
      ['queued', run?.id],
    ])
  })

  test('what was missed while the server was down is answered with the row that counts it', async () => {
    const it = await on.begin()
    const { id } = await waitsFor(it, { overlap: 'allow_all', maxCatchup: 1 })
    on.kill(it)
    const again = await on.again(it)
    const seqs: number[] = []
    for (const n of [2, 0, 3, 4]) {
      again.clock.advance(minutes(1))
      seqs.push(await tell(again, n))
    }
    again.clock.advance(minutes(2))
    await again.start()
    await again.settled(2, id)
    const [missed, caughtUp] = await again.history(id)
    expect([missed?.status, missed?.missedCount, caughtUp?.status]).toEqual(['missed', 2, 'success'])
    const answers = await Promise.all(seqs.map((eventId) => ask(again, id, { eventId })))
    expect(answers.map((one) => [one.verdict, one.executionId])).toEqual([
      ['missed', missed?.id],
      ['filtered', null],
      ['missed', missed?.id],
      ['ran', caughtUp?.id],
    ])
  })

  test('an instant asks for what was looked at then', async () => {
    const it = await on.begin()
    const { id } = await waitsFor(it)
    it.clock.advance(minutes(5))
    await happens(it, 0)
    const then = it.clock.now().toISOString()
    const at = async (instant: string) => (await ask(it, id, { at: instant })).verdict
    it.clock.advance(minutes(5))
    expect(await at(then)).toBe('filtered')
    expect(await at(it.clock.now().toISOString())).toBe('not_planned')
    expect(await at('2027-01-01T00:00:00.000Z')).toBe('future')
    expect(await at('2020-01-01T00:00:00.000Z')).toBe('not_planned')
  })
})
