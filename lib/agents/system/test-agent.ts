/**
 * An agent for trying things out: it does what its context says, and nothing else.
 */
import { z } from 'zod'
import { rest } from '../../clock.ts'
import { days } from '#lib/clock.ts'
import { AgentFailure, type AgentTools, agent, type Task } from '../agent.ts'

const MOST_STEPS = 1000

const Input = z.strictObject({
  does: z.enum(['succeed', 'fail', 'throw', 'hang', 'wait']).default('succeed').meta({
    description:
      'How it ends; "hang" goes on until it is stopped, "wait" is parked for a person and ends when it is put back.',
  }),
  durationMs: z
    .number()
    .int()
    .min(0)
    .max(days(1))
    .default(0)
    .meta({ description: 'How long it takes, in milliseconds.' }),
  text: z
    .string()
    .max(10_000)
    .optional()
    .meta({ description: 'What it says at the end: its result, or the error.' }),
  steps: z
    .union([z.number().int().min(0).max(MOST_STEPS), z.array(z.string().max(1000)).max(MOST_STEPS)])
    .default(0)
    .meta({ description: 'How many steps it says, or their words, spread evenly over the duration.' }),
  tokens: z
    .number()
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(0)
    .meta({ description: 'How many tokens it claims to have used.' }),
  transient: z.boolean().default(false).meta({ description: 'With "fail": trying again may help.' }),
})

export const testAgent = agent({
  id: 'test-agent',
  name: 'Test agent',
  description:
    'Does what its context says: succeed, fail, throw, hang, take long, say steps. For trying out schedules.',
  input: Input,
  example: {
    does: 'succeed',
    durationMs: 2000,
    steps: ['Looking around', 'Writing it down'],
    text: 'All is well.',
  },
  safeToRepeat: false,
  async perform({ input: { does, durationMs, text, steps, tokens, transient }, signal, say, step, tools }) {
    const words =
      typeof steps === 'number'
        ? Array.from({ length: steps }, (_, index) => `Step ${index + 1} of ${steps}`)
        : steps
    for (const step of words) {
      say(step)
      await wait(durationMs / words.length, tools, signal)
    }
    if (words.length === 0) await wait(durationMs, tools, signal)

    signal.throwIfAborted()
    const result = { text: text ?? 'The test agent ran.', usage: { tokensUsed: tokens } }
    switch (does) {
      case 'succeed':
        return result
      case 'wait':
        return (await isFirst(step)) ? { waitsFor: 'somebody to put the test agent back' } : result
      case 'fail':
        throw new AgentFailure(text ?? 'The test agent failed, as it was told.', { transient })
      case 'throw':
        throw new Error(text ?? 'The test agent threw, as it was told.')
      case 'hang':
        return stopped(signal)
    }
  },
})

/** Whether this is the first time: what was put back begins anew, and knows it by what it has kept. */
async function isFirst(step: Task<unknown>['step']): Promise<boolean> {
  let first = false
  await step('waited', () => {
    first = true
  })
  return first
}

/** Rejects as soon as the signal aborts. */
async function wait(ms: number, { clock }: AgentTools, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (ms === 0) return
  await rest(clock, ms, signal)
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
}
