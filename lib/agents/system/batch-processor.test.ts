import { beforeEach, expect, test } from 'vitest'
import * as triggers from '#db/queries/triggers.ts'
import { SETTINGS } from '#db/testing/settings.ts'
import { AgentFailure, type AgentResult } from '../agent.ts'
import { type Workbench, workbench } from '../testing/task.ts'
import { batchProcessor } from './batch-processor.ts'

let bench: Workbench
let performed: { agentId: string; context: Record<string, unknown> }[]
beforeEach(async () => {
  bench = await workbench()
  performed = []
  return () => bench.store.close()
})

/** Other agents: "bad" fails, "later" fails but may pass, the rest says its id. */
async function perform(agentId: string, context: Record<string, unknown>): Promise<AgentResult> {
  performed.push({ agentId, context })
  if (agentId === 'bad') throw new AgentFailure('it | broke\nbadly')
  if (agentId === 'later') throw new AgentFailure('busy', { transient: true })
  return { text: `${agentId} is done`, usage: { tokensUsed: 2 } }
}
const run = (context: Record<string, unknown>, how: typeof perform = perform) =>
  bench.run(batchProcessor, context, { tools: { perform: (id, inner) => how(String(id), inner) } })
const tasks = (...ids: string[]) => ids.map((agentId) => ({ agentId }))

test('each task has its result, in order', async () => {
  const result = await run({
    tasks: [{ agentId: 'a', name: 'Alpha', context: { x: 1 } }, { agentId: 'bad' }, { agentId: 'b' }],
  })
  expect(performed).toEqual([
    { agentId: 'a', context: { x: 1 } },
    { agentId: 'bad', context: {} },
    { agentId: 'b', context: {} },
  ])
  expect(result.text).toBe(
    [
      '**3 tasks**: 2 succeeded and 1 failed.',
      '',
      '| Task | Result | What it said |',
      '| --- | --- | --- |',
      '| Alpha | ok | a is done |',
      '| 2. bad | failed | it \\| broke badly |',
      '| 3. b | ok | b is done |',
    ].join('\n'),
  )
  expect(result).toMatchObject({
    outcome: { succeeded: 2, failed: 1, notRun: 0 },
    usage: { tokensUsed: 4, cost: 0 },
  })
  expect(bench.said).toContain('3 of 3: 3. b: ok')
})

test('what its agents remember comes back to each of them, whatever became of the others', async () => {
  const given: unknown[] = []
  let fails = false
  const counting = {
    perform: async (
      agentId: unknown,
      _context: object,
      _signal: AbortSignal,
      as: { remembered?: unknown } = {},
    ) => {
      given.push([agentId, as.remembered ?? null])
      if (agentId === 'b' && fails) throw new AgentFailure('not now')
      return { text: 'done', ...(agentId !== 'plain' && { memory: { told: given.length } }) }
    },
  }
  const round = (...ids: string[]) => {
    bench.kept.clear()
    return bench.run(batchProcessor, { tasks: tasks(...ids), concurrency: 1 }, { tools: counting })
  }
  await round('a', 'plain', 'b')
  fails = true
  await round('a', 'plain', 'b')
  given.length = 0
  // Wherever they stand by then.
  await round('plain', 'a', 'b')
  expect(given).toEqual([
    ['plain', null],
    ['a', { told: 4 }],
    ['b', { told: 3 }],
  ])
})

test('the context of a schedule is handed on as it is kept; one that stands in the batch is open already', async () => {
  const config = { ...SETTINGS, agentId: 'a', nextRunAt: null, dueAt: null }
  const values = { ...config, context: '{"password":"sealed:v1:x"}' }
  const row = await triggers.create(bench.store, bench.workspaceId, values, 'ada', bench.clock.now())
  const asked: unknown[] = []
  const how = {
    perform: async (id: unknown, context: object, _: AbortSignal, as: { isKept?: boolean } = {}) => {
      asked.push([id, context, as.isKept])
      return { text: 'done' }
    },
  }
  await bench.run(batchProcessor, { taskIds: [row.id] }, { tools: how })
  bench.kept.clear()
  await bench.run(batchProcessor, { tasks: tasks('b') }, { tools: how })
  expect(asked).toEqual([
    ['a', { password: 'sealed:v1:x' }, true],
    ['b', {}, false],
  ])
})

test('a batch that was cut off and goes on runs what has not succeeded, and tells of all', async () => {
  await run({ tasks: tasks('a', 'bad', 'b') })
  performed = []
  const result = await run({ tasks: tasks('a', 'later', 'b', 'c') })
  expect(performed.map((it) => it.agentId)).toEqual(['later', 'c'])
  expect(result).toMatchObject({ outcome: { succeeded: 3, failed: 1 }, usage: { tokensUsed: 6 } })
})

test('it shows text from outside where one of its tasks does, whether that succeeds or fails', async () => {
  const outside = { text: '', usage: { tainted: true } }
  const how: typeof perform = async (agentId) => {
    if (agentId === 'bad') throw new AgentFailure('it broke', { partial: outside })
    return agentId === 'far' ? outside : { text: 'done' }
  }
  expect((await run({ tasks: tasks('a', 'b') }, how)).usage).toMatchObject({ tainted: false })
  bench.kept.clear()
  expect((await run({ tasks: tasks('a', 'far') }, how)).usage).toMatchObject({ tainted: true })
  expect((await run({ tasks: tasks('a', 'bad') }, how)).usage).toMatchObject({ tainted: true })
  bench.kept.clear()
  await expect(run({ tasks: tasks('bad') }, how)).rejects.toMatchObject({
    partial: { usage: { tainted: true } },
  })
})

test('no more than the allowed number run at a time', async () => {
  let running = 0
  let most = 0
  await run({ tasks: tasks(...Array.from({ length: 20 }, () => 'a')), concurrency: 4 }, async () => {
    most = Math.max(most, ++running)
    await new Promise(setImmediate)
    running--
    return { text: '' }
  })
  expect(most).toBe(4)
})

test('it fails when all have failed, and may be tried again when that may help each of them', async () => {
  await expect(run({ tasks: tasks('bad', 'later') })).rejects.toMatchObject({
    name: 'AgentFailure',
    transient: false,
    message: expect.stringContaining('2 failed'),
  })
  await expect(run({ tasks: tasks('later', 'later') })).rejects.toMatchObject({ transient: true })
})

test('with stopOnFailure nothing is started after a failure', async () => {
  const result = await run({ tasks: tasks('a', 'bad', 'b', 'c'), concurrency: 1, stopOnFailure: true })
  expect(performed.map((it) => it.agentId)).toEqual(['a', 'bad'])
  expect(result.text).toContain('**4 tasks**: 1 succeeded, 1 failed and 2 were not run.')
})

test('a template is run for each id', async () => {
  await run({ taskIds: [1, 'two'], template: { agentId: 'a', context: { y: 2 } } })
  expect(performed.map((it) => it.context)).toEqual([
    { y: 2, taskId: 1 },
    { y: 2, taskId: 'two' },
  ])
})

test('without a template the ids are of schedules here; one that is not there fails by itself', async () => {
  const config = { ...SETTINGS, agentId: 'a', context: '{"z":3}', nextRunAt: null, dueAt: null }
  const here = await triggers.create(bench.store, bench.workspaceId, config, 'ada', bench.clock.now())
  const batch = await triggers.create(
    bench.store,
    bench.workspaceId,
    { ...config, agentId: 'batch-processor' },
    'ada',
    bench.clock.now(),
  )
  const result = await run({ taskIds: [here.id, 999, batch.id] })
  expect(performed).toEqual([{ agentId: 'a', context: { z: 3 } }])
  expect(result.text).toContain('| Morning | ok | a is done |')
  expect(result.text).toContain('There is no schedule 999 in this workspace.')
  expect(result.text).toContain('A batch cannot run another batch')
})

test('a stop ends it and starts nothing more', async () => {
  const running = run({ tasks: tasks('a', 'b', 'c'), concurrency: 1 }, async (agentId) => {
    performed.push({ agentId, context: {} })
    bench.controller.abort(new Error('stopped'))
    throw new Error('stopped')
  })
  await expect(running).rejects.toThrow('stopped')
  expect(performed).toHaveLength(1)
})

test.each([
  {},
  { tasks: [] },
  { tasks: tasks('batch-processor') },
  { taskIds: [1], template: { agentId: 'batch-processor' } },
  { tasks: tasks('a'), taskIds: [1] },
  { tasks: tasks('a'), template: { agentId: 'a' } },
  { tasks: tasks(...Array.from({ length: 101 }, () => 'a')) },
  { tasks: tasks('a'), concurrency: 11 },
  { tasks: [{ agentId: 'a', agentType: 'imported' }] },
])('%j is refused', (context) => {
  expect(batchProcessor.input.safeParse(context).success).toBe(false)
})
