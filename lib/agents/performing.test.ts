import { beforeEach, expect, test } from 'vitest'
import type { ClaimedRow } from '#db/queries/claiming.ts'
import { findAgent, unknownAgent } from './index.ts'
import { createAgentPort } from './performing.ts'
import { type Workbench, workbench } from './testing/task.ts'

let bench: Workbench
beforeEach(async () => {
  bench = await workbench()
  return () => bench.store.close()
})

function perform(agentId: string, context: Record<string, unknown>) {
  const claimed: ClaimedRow = {
    id: 1,
    workspaceId: bench.workspaceId,
    workspaceName: 'Demo',
    workspaceSlug: 'demo',
    triggerId: 1,
    triggerName: 'Test',
    agentId,
    agentType: 'system',
    kind: 'schedule',
    fence: 1,
    attempt: 1,
    scheduledFor: null,
    startedAt: bench.clock.now().getTime(),
    isCatchup: 0,
    latenessMs: 0,
    config: null,
    context: null,
    cancelRequestedAt: null,
    cancelReason: null,
    lastRunAt: null,
    lastOutput: null,
  }
  const port = createAgentPort(
    { find: findAgent, unknown: unknownAgent },
    { store: bench.store, clock: bench.clock, fetch: () => Promise.reject(new Error('no network here')) },
  )
  return port.perform(claimed, context, {
    signal: bench.controller.signal,
    say: (text) => void bench.said.push(text),
  })
}

test('an agent that is not there fails the execution with the sentence that lists the others', async () => {
  expect(await perform('nope', {})).toEqual({
    kind: 'failed',
    error: unknownAgent('nope'),
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
