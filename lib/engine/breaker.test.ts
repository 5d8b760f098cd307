/** Schedules whose agent asks a model and goes round in circles, on both databases. */
import { describe, expect, test } from 'vitest'
import { stores } from '#db/testing/stores.ts'
import type { NewTriggerInput } from '../contract/trigger.ts'
import { breakerOf } from './breaker.ts'
import { ADA, type World } from './testing/world.ts'
import { worlds } from './testing/worlds.ts'

const USED = { tokensUsed: 10, cost: 0.5, model: 'small', agentRevision: 1 }

test('what plain SQL wrote is the usual rule where it is none', () => {
  expect(breakerOf('nonsense')).toEqual({ sameOutput: 20, runsPerHour: 120, costPerHour: null })
})

describe.each(stores)('on $name', ({ open }) => {
  const on = worlds(open)
  let it: World
  async function ran(count: number, breaker: NewTriggerInput['breaker'], contexts: object[] = [{}]) {
    it = await on.begin()
    const trigger = await it.schedule({ cronExpression: '0 0 1 1 *', overlap: 'allow_all', breaker })
    for (let n = 0; n < count; n++) {
      const context = { usage: USED, ...contexts[n % contexts.length] }
      await it.triggers.runNow(it.workspaceId, trigger.id, { context }, ADA)
      await it.settled(n + 1)
    }
    return trigger.id
  }
  const paused = async (id: number) => (await it.trigger(id)).pausedReason

  test('so many successes in a row that say the same pause it, and that is told once', async () => {
    const id = await ran(3, { sameOutput: 3 })
    await it.until(async () => (await paused(id)) !== null)
    expect(await it.trigger(id)).toMatchObject({
      health: 'paused',
      pausedReason: 'Paused (repeating): its last 3 runs all said the same.',
    })
    await it.triggers.runNow(it.workspaceId, id, { context: { usage: USED } }, ADA)
    await it.settled(4)
    expect((await it.feed()).filter(({ kind }) => kind === 'notice')).toMatchObject([
      { text: expect.stringContaining('**Morning** was paused: its last 3 runs all said the same') },
    ])
  })

  test.each([
    [
      'costs more than it may in an hour',
      3,
      { costPerHour: 1.2, sameOutput: null },
      'it cost $1.50 within an hour',
    ],
    ['runs more often than it may', 4, { runsPerHour: 3, sameOutput: null }, 'it ran 4 times within an hour'],
  ] as const)('one that %s is paused', async (_what, count, breaker, why) => {
    const id = await ran(count, breaker)
    await it.until(async () => (await paused(id)) !== null)
    expect(await paused(id)).toBe(`Paused (repeating): ${why}.`)
  })

  test('what says something else now and then, says nothing, or asks no model goes on', async () => {
    const changing = await ran(6, { sameOutput: 3 }, [{ text: 'a' }, { text: 'a' }, { text: 'b' }])
    expect(await paused(changing)).toBeNull()
    await it.stop()
    const silent = await ran(4, { sameOutput: 3 }, [{ text: '' }])
    expect(await paused(silent)).toBeNull()
    await it.stop()
    const plain = await ran(4, { sameOutput: 3 }, [{ usage: { tokensUsed: 1 } }])
    expect(await paused(plain)).toBeNull()
  })
})
