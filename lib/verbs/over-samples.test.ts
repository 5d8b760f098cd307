/** A condition is tried on what was seen of its source, and what was not recorded is said. */
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { raw } from '#db/testing/raw.ts'
import { stores } from '#db/testing/stores.ts'
import { minutes } from '../clock.ts'
import { NewTrigger, type NewTriggerInput } from '../contract/trigger.ts'
import { seen } from '../engine/testing/scripted.ts'
import { ADA, type World } from '../engine/testing/world.ts'
import { worlds } from '../engine/testing/worlds.ts'

const allAreDue = raw(sql`update condition_states set next_check_at = 1 where next_check_at is not null`)
const source = { kind: 'http', url: 'https://example.com/load', path: 'load', as: 'number' } as const
type Condition = NonNullable<NewTriggerInput['condition']>

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World
  let from: Date
  beforeEach(async () => {
    Object.assign(seen, { value: 1, looks: 0, until: null, of: null })
    it = await on.open()
    from = it.clock.now()
  })
  const input = (condition: Partial<Condition> = {}, change: Partial<NewTriggerInput> = {}) => ({
    ...{ name: 'Load', agentId: 'test-agent', kind: 'condition', cronExpression: undefined, ...change },
    condition: { source, everySeconds: 60, when: { op: 'above', value: 90 }, ...condition } as Condition,
  })
  async function looks(...values: (typeof seen.value)[]) {
    for (const value of values) {
      seen.value = value
      it.clock.advance(minutes(1))
      await it.store.atomically([allAreDue])
      await it.engine.watching.tick()
    }
  }
  const tried = (condition: Partial<Condition> = {}, more: { id?: number; change?: object } = {}) =>
    it.simulating.run(it.workspaceId, {
      trigger: NewTrigger.parse(input(condition, more.change)),
      ...{ from: from.toISOString(), to: it.clock.now().toISOString(), assumeSeconds: 0 },
      ...(more.id !== undefined && { id: more.id }),
    })

  test('of a source that nobody watches it says so, and rests on nothing', async () => {
    await it.schedule(input())
    await looks(1, 95)
    const other = { ...source, path: 'memory' }
    expect(await tried({ source: other })).toMatchObject({
      ...{ occurrences: [], counts: {}, evaluations: {}, basis: 'none', truncated: false },
      note: 'Nothing was recorded of this source in that time: only a schedule that watches it records what is there.',
    })
  })

  test('another line over the same source is tried on the same looks, and nothing is written', async () => {
    const { id } = await it.schedule(input({}, { enabled: true }))
    await looks(1, 95, 50, new Error('example.com answers 503.'), 70, 40)
    const runs = await it.history(id)
    const { occurrences, evaluations, note } = await tried({ when: { op: 'above', value: 60 } }, { id })
    expect(occurrences.map((one) => [one.key, one.verdict])).toEqual([
      ['condition:1', 'ran'],
      ['condition:2', 'ran'],
    ])
    expect(evaluations).toEqual({ not_true: 3, fired: 2, error: 1 })
    expect(note).toBeNull()
    // Without an id, what another has recorded of the same source.
    expect((await tried({ when: { op: 'above', value: 60 } })).occurrences).toEqual(occurrences)
    expect(await it.history(id)).toEqual(runs)
  })

  test('looks of what was watched before an edit are not those of what is watched now', async () => {
    const { id } = await it.schedule(input())
    await looks(1, 95)
    const other = { ...source, path: 'memory' }
    await it.triggers.change(
      it.workspaceId,
      id,
      { condition: NewTrigger.parse(input({ source: other })).condition },
      ADA,
    )
    await looks(2, 3, 99)
    expect((await tried({ source: other }, { id })).evaluations).toEqual({ not_true: 2, fired: 1 })
    expect((await tried({}, { id })).evaluations).toEqual({ not_true: 1, fired: 1 })
  })

  test('what was looked at more rarely, of what only a part is kept, and a gate are said', async () => {
    const page = { kind: 'page', url: 'https://example.com/' } as const
    const { id } = await it.schedule(input({ source: page, everySeconds: 600, when: { op: 'changes' } }))
    const text = 'x'.repeat(800)
    await looks('short', `${text}1`, `${text}2`)
    expect((await tried({ source: page, when: { op: 'changes' } }, { id })).evaluations).toEqual({
      ...{ not_true: 1, fired: 2 },
    })
    const { note, evaluations } = await tried(
      { source: page, when: { op: 'matches', value: 'x' } },
      { id, change: { onlyIf: { source: page, op: 'matches', value: 'x' } } },
    )
    expect(evaluations).toEqual({ not_true: 1 })
    expect(note).toBe(
      'It was looked at every 600 seconds only: what lay in between is not known. ' +
        '2 checks are left out: of the long text that they read only the beginning is kept. ' +
        'Whether its “only if” would have let it run is not recorded: here it always does.',
    )
  })

  test('what would look more rarely has looked only so often', async () => {
    const { id } = await it.schedule(input())
    await looks(1, 2, 3, 4, 5, 6)
    expect((await tried({ everySeconds: 300 }, { id })).evaluations).toEqual({ not_true: 2 })
  })
})
