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

test('a field of the clock goes with its own kind only', () => {
  const asked = { name: 'Morning', agentId: 'test-agent', kind: 'moon', cronExpression: '0 9 * * *' }
  expect(NewTrigger.safeParse(asked).error?.issues).toMatchObject([{ path: ['cronExpression'] }])
})
