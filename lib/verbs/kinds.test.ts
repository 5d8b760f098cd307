/** What a kind of trigger refuses, as a person meets it. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Store } from '#db/store.ts'
import { stores } from '#db/testing/stores.ts'
import { NewTrigger, type NewTriggerInput } from '../contract/trigger.ts'
import { type World, world } from '../engine/testing/world.ts'

let store: Store
let close: () => Promise<void>
let it: World
beforeAll(async () => {
  ;({ store, close } = await (stores[0] as (typeof stores)[number]).open())
})
afterAll(() => close())
afterEach(() => it.stop())

test.each<[string, Partial<NewTriggerInput>, string]>([
  ['a kind that there is not', { kind: 'moon', cronExpression: undefined }, 'kind'],
  ['what the kind does not read', { config: { bell: 'tenor' } }, 'config.bell'],
  ['a field of the clock among the kind’s own', { config: { timezone: 'UTC' } }, 'config.timezone'],
])('%s is refused, with the field', async (_name, change, path) => {
  it = await world(store)
  await expect(it.schedule(change)).rejects.toMatchObject({ problem: { status: 422, errors: [{ path }] } })
})

const window = { startsAt: '2026-03-04T09:00:00Z', endsAt: '2026-03-06T09:00:00Z' }
test.each<[string, Partial<NewTriggerInput>, string[]]>([
  ['a pattern in its window', window, ['04', '05', '06']],
  ['a pattern with a maximum', { maxExecutions: 2 }, ['01', '02']],
  [
    'an interval, first at its start',
    { kind: 'interval', cronExpression: undefined, everySeconds: 86_400, ...window },
    ['04', '05', '06'],
  ],
  [
    'a window shorter than a step',
    {
      kind: 'interval',
      cronExpression: undefined,
      everySeconds: 86_400,
      ...window,
      endsAt: '2026-03-04T10:00:00Z',
    },
    ['04'],
  ],
])('what is shown ahead is what will run: %s', async (_name, change, days) => {
  it = await world(store)
  const { id, nextRunAt } = await it.schedule({ timezone: 'UTC', ...change })
  const { next } = await it.triggers.preview(it.workspaceId, id, { count: 5 })
  expect(next).toEqual(days.map((day) => `2026-03-${day}T09:00:00.000Z`))
  expect(nextRunAt).toBe(next[0])
})

test('a field of the clock goes with its own kind only', () => {
  const asked = { name: 'Morning', agentId: 'test-agent', kind: 'moon', cronExpression: '0 9 * * *' }
  expect(NewTrigger.safeParse(asked).error?.issues).toMatchObject([{ path: ['cronExpression'] }])
})
