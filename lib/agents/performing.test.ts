import { upcoming } from '#db/queries/activity.ts'
import { byWords } from '../documents/testing/by-words.ts'
import pino from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import { type Affordable, AgentFailure, agent, type AgentDefinition, type Task } from './agent.ts'
import { catalogue } from './index.ts'
import { createAgentPort } from './performing.ts'
import { createScope, type Scope } from './scope.ts'
import { noFiles, noServer, nothingDone, type Workbench, workbench } from './testing/task.ts'

let bench: Workbench
let scope: Scope
/** What was to be set aside, in order. */
let afforded: Affordable[]
const named = new Map<string, string>()
/** Contexts that were opened. */
const opened: unknown[] = []
beforeEach(async () => {
  bench = await workbench()
  afforded = []
  scope = createScope({ clock: bench.clock, log: pino({ level: 'silent' }), executionId: 1 })
  return () => bench.store.close()
})

function perform(agentId: string, context: Record<string, unknown>, own: AgentDefinition[] = []) {
  const claimed: ClaimedRow = {
    id: 1,
    workspaceId: bench.workspaceId,
    workspaceName: 'Demo',
    workspaceSlug: 'demo',
    timezone: 'UTC',
    triggerId: 1,
    triggerName: 'Test',
    agentId,
    agentType: 'system',
    kind: 'schedule',
    fence: 1,
    attempt: 1,
    scheduledFor: null,
    startedAt: bench.clock.now().getTime(),
    isCatchup: false,
    staged: false,
    latenessMs: 0,
    spentMs: null,
    config: null,
    context: null,
    cancelRequestedAt: null,
    cancelReason: null,
    eventCount: null,
    lastOutput: null,
  }
  const port = createAgentPort(
    {
      find: async (workspaceId, ref) =>
        own.find((it) => it.id === ref.agentId) ?? catalogue.find(workspaceId, ref),
      unknown: catalogue.unknown,
    },
    {
      store: bench.store,
      clock: bench.clock,
      sealing: {
        async open(_, _agent, context) {
          opened.push(context)
          return context
        },
        secretsOf: async () => named,
        confidentialIn: async () => [...named.values()],
      },
      fetch: () => Promise.reject(new Error('no network here')),
      mail: noServer,
      search: byWords(bench.store),
      upcoming,
      doingsOf: () => nothingDone,
      ...noFiles,
      composing: () => async () => null,
      grant: async () => null,
    },
  )
  return port.perform(claimed, context, {
    signal: bench.controller.signal,
    say: (text) => bench.said.push(text),
    decided: () => null,
    async afford(most) {
      afforded.push(most)
      return { warning: null }
    },
    write: () => {},
    step: bench.step,
    has: (key) => bench.kept.has(key),
    scope,
  })
}

test('an agent that is not there fails the execution with the sentence that lists the others', async () => {
  expect(await perform('nope', {})).toEqual({
    kind: 'failed',
    error: await catalogue.unknown(1, { agentId: 'nope', agentType: 'system' }),
    reasonCode: 'unknown_agent',
    transient: false,
  })
})

test('a context that does not fit fails with what is wrong, by path', async () => {
  expect(await perform('test-agent', { durationMs: 'long' })).toMatchObject({
    kind: 'failed',
    reasonCode: 'bad_input',
    error: expect.stringContaining('context.durationMs: '),
  })
})

test('a failure says whether trying again may help; a bug never does', async () => {
  expect(await perform('test-agent', { does: 'fail', text: 'busy', transient: true })).toEqual({
    kind: 'failed',
    error: 'busy',
    reasonCode: 'agent_error',
    transient: true,
  })
  expect(await perform('test-agent', { does: 'throw', text: 'a bug' })).toEqual({
    kind: 'failed',
    error: 'a bug',
    reasonCode: 'agent_error',
    transient: false,
  })
})

test('what an agent within another may use is set aside on top of what the other may have used', async () => {
  const spender = (id: string, tokens: number, then?: string) =>
    agent({
      ...{ id, name: id, description: '', input: z.object({}), safeToRepeat: true },
      async perform({ afford, tools, signal }) {
        await afford({ tokens, cost: tokens / 100 })
        return then ? tools.perform(then, {}, signal) : { text: 'Done.' }
      },
    })
  const own = [spender('outer', 100, 'middle'), spender('middle', 30, 'inner'), spender('inner', 5)]
  expect(await perform('outer', {}, own)).toMatchObject({ kind: 'done' })
  expect(afforded.map(({ tokens }) => tokens)).toEqual([100, 130, 135])
  expect(afforded.at(-1)?.cost).toBeCloseTo(1.35, 6)
})

const SECRET = 'a value of a secret'
const telling = agent({
  ...{ id: 'telling', name: 'x', description: '', safeToRepeat: true },
  input: z.object({ fail: z.boolean().default(false), header: z.string() }),
  async perform({ input, say }) {
    say(`Sends ${input.header}`, { header: input.header })
    if (input.fail)
      throw new AgentFailure(`${input.header} is wrong`, { partial: { text: input.header, usage: {} } })
    return { text: `Sent ${input.header}`, outcome: { again: [encodeURIComponent(input.header)], n: 7 } }
  },
})

test.each([false, true])(
  'what a context names in confidence is in nothing that a run says (%s)',
  async (fail) => {
    named.set('TOKEN', SECRET)
    const performed = await perform('telling', { fail, header: SECRET }, [telling])
    named.clear()
    const told = JSON.stringify([performed, bench.said])
    expect(told).toContain('•••')
    expect(told).not.toMatch(/a value of|a%20value/)
  },
)

test('a context that an agent makes up names no secret: it is taken as it is', async () => {
  const caller = agent({
    ...{ id: 'caller', name: 'x', description: '', safeToRepeat: true, input: z.object({}) },
    perform: ({ tools, signal }) => tools.perform('telling', { header: 'secret:v1:TOKEN' }, signal),
  })
  opened.length = 0
  expect(await perform('caller', {}, [caller, telling])).toMatchObject({
    result: { text: 'Sent secret:v1:TOKEN' },
  })
  expect(opened).toEqual([{}])
})

test('the context of a schedule is opened for the agent within another, and hidden in what that says', async () => {
  const caller = agent({
    ...{ id: 'caller', name: 'x', description: '', safeToRepeat: true, input: z.object({}) },
    perform: ({ tools, signal }) => tools.perform('telling', { header: SECRET }, signal, { isKept: true }),
  })
  opened.length = 0
  named.set('TOKEN', SECRET)
  const performed = await perform('caller', {}, [caller, telling])
  named.clear()
  expect(opened).toEqual([{}, { header: SECRET }])
  expect(performed).toMatchObject({ result: { text: 'Sent •••' } })
})

test('a batch runs other agents of the registry, and tells what each said', async () => {
  const performed = await perform('batch-processor', {
    tasks: [
      { agentId: 'test-agent', context: { text: 'fine', steps: ['looking'], tokens: 3 } },
      { agentId: 'nope' },
      { agentId: 'test-agent', context: { does: 'dance' } },
    ],
  })
  expect(performed).toMatchObject({
    kind: 'done',
    result: { outcome: { succeeded: 1, failed: 2 }, usage: { tokensUsed: 3 } },
  })
  expect(JSON.stringify(performed)).toContain('Unknown agent')
  expect(bench.said).toContain('looking')
})

describe('an agent inside another', () => {
  const doing = (id: string, perform: (task: Task<unknown>) => Promise<string>) =>
    agent({
      id,
      name: id,
      description: id,
      input: z.object({}),
      safeToRepeat: false,
      perform: async (task) => ({ text: await perform(task) }),
    })
  test('remembers what the agent that runs it hands it, and no more than a schedule keeps', async () => {
    const inner = agent({
      ...{ id: 'inner', name: 'inner', description: 'inner', safeToRepeat: false },
      input: z.object({ most: z.number() }),
      async perform({ input, tools }) {
        const known = Number(await tools.remembered())
        return { text: String(known), memory: 'x'.repeat(input.most) }
      },
    })
    const outer = doing('outer', async ({ tools, signal }) => {
      const before = await tools.remembered()
      const { text } = await tools.perform('inner', { most: 1 }, signal, { remembered: 7 })
      return `${text} ${JSON.stringify(before)}`
    })
    expect(await perform('outer', {}, [inner, outer])).toMatchObject({
      kind: 'done',
      result: { text: '7 null' },
    })
    expect(await perform('inner', { most: 300_000 }, [inner])).toMatchObject({
      kind: 'failed',
      error: 'It would have to remember 293 KiB, and a schedule keeps at most 256. Let it watch less.',
    })
  })

  test('keeps its steps below its key', async () => {
    const inner = doing('inner', async ({ step }) => step('look', () => 'seen'))
    const outer = doing('outer', async ({ step, tools, signal }) => {
      await step('look', () => 'looked')
      await tools.perform('inner', {}, signal)
      await tools.perform('inner', {}, signal, { key: 'again' })
      return 'done'
    })
    expect(await perform('outer', {}, [inner, outer])).toMatchObject({ kind: 'done' })
    expect([...bench.kept.keys()]).toEqual(['look', 'inner/look', 'again/look'])
  })

  test('ends what it started when it ends, and not only with the whole', async () => {
    const told: string[] = []
    const inner = doing('inner', async ({ onEnd }) => {
      onEnd(() => told.push('inner has ended'))
      return 'done'
    })
    const outer = doing('outer', async ({ tools, signal, onEnd }) => {
      onEnd(() => told.push('outer has ended'))
      await tools.perform('inner', {}, signal)
      told.push('outer goes on')
      return 'done'
    })
    await perform('outer', {}, [inner, outer])
    await scope.end()
    expect(told).toEqual(['inner has ended', 'outer goes on', 'outer has ended'])
  })

  test('ends with it, also where it was let go', async () => {
    let stopped = false
    const inner = doing(
      'inner',
      ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            stopped = true
            reject(signal.reason)
          }),
        ),
    )
    const outer = doing('outer', async ({ tools, signal }) => {
      void tools.perform('inner', {}, signal)
      return 'done'
    })
    expect(await perform('outer', {}, [inner, outer])).toMatchObject({ kind: 'done' })
    expect(stopped).toBe(false)
    await scope.end()
    expect(stopped).toBe(true)
  })
})
