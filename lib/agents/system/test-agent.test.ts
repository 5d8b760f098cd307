import { beforeEach, expect, test } from 'vitest'
import { AgentFailure } from '../agent.ts'
import { type Workbench, workbench } from '../testing/task.ts'
import { testAgent } from './test-agent.ts'

let bench: Workbench
beforeEach(async () => {
  bench = await workbench()
  return () => bench.store.close()
})

test('with an empty context it succeeds at once', async () => {
  expect(await bench.run(testAgent)).toMatchObject({ text: 'The test agent ran.' })
})

test('it fails and throws as it is told', async () => {
  await expect(bench.run(testAgent, { does: 'fail', text: 'broken', transient: true })).rejects.toMatchObject(
    { name: 'AgentFailure', message: 'broken', transient: true },
  )
  const thrown = await bench.run(testAgent, { does: 'throw', text: 'a bug' }).catch((error: unknown) => error)
  expect(thrown).toMatchObject({ message: 'a bug' })
  expect(thrown).not.toBeInstanceOf(AgentFailure)
})

test('it waits for somebody, and ends when it was put back', async () => {
  await expect(bench.run(testAgent, { does: 'wait' })).rejects.toThrow(
    'It waits for somebody to put the test agent back',
  )
  expect(await bench.run(testAgent, { does: 'wait', text: 'decided' })).toMatchObject({ text: 'decided' })
})

test('its steps are spread over its duration', async () => {
  const running = bench.run(testAgent, { durationMs: 3000, steps: ['a', 'b', 'c'], tokens: 5, text: 'done' })
  const heard: number[] = []
  for (let passed = 0; passed < 3; passed++) {
    await new Promise(setImmediate)
    heard.push(bench.said.length)
    bench.clock.advance(1000)
  }
  expect(heard).toEqual([1, 2, 3])
  expect(await running).toEqual({ text: 'done', usage: { tokensUsed: 5 } })
})

test('a number of steps is that many', async () => {
  await bench.run(testAgent, { steps: 2 })
  expect(bench.said).toEqual(['Step 1 of 2', 'Step 2 of 2'])
})

test.each([{ does: 'hang' }, { durationMs: 60_000 }, { does: 'hang', steps: 3, durationMs: 100 }])(
  '%j ends when it is stopped',
  async (context) => {
    const running = bench.run(testAgent, context)
    bench.controller.abort(new Error('stopped'))
    await expect(running).rejects.toThrow('stopped')
  },
)

test('what it does not know is refused', () => {
  expect(testAgent.input.safeParse({ does: 'dance' }).success).toBe(false)
  expect(testAgent.input.safeParse({ duration: 5 }).success).toBe(false)
})
