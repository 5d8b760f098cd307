/**
 * Runs a list of tasks through other agents, a few at a time: one schedule instead of a hundred.
 *
 * Promise: every task has its own result, and one that fails does not stop the others
 * unless that was asked for. The batch fails when nothing in it succeeded; what failed
 * beside successes is told in the result. A batch is never a task of a batch.
 */
import { z } from 'zod'
import { AgentFailure, agent, type AgentTools, type Task, type Usage } from '../agent.ts'
import { counted, inline, listed, shortened } from '../markdown.ts'

const ID = 'batch-processor'
const MOST_TASKS = 100
const MOST_KEPT = 2_000
const NO_BATCH = 'A batch cannot run another batch: list its tasks here instead.'

const AgentId = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(120)
  .refine((it) => it !== ID, NO_BATCH)
const Context = z.record(z.string(), z.unknown()).default({})
const OnlySystem = z.literal('system', 'expects "system": a batch runs system agents only').default('system')

const Input = z
  .strictObject({
    tasks: z
      .array(
        z.strictObject({
          agentId: AgentId,
          agentType: OnlySystem,
          context: Context,
          name: z.string().trim().min(1).max(120).optional(),
        }),
      )
      .min(1, 'expects at least one task')
      .max(MOST_TASKS, `expects at most ${MOST_TASKS} tasks`)
      .optional(),
    taskIds: z
      .array(z.union([z.int(), z.string().min(1).max(120)]))
      .min(1, 'expects at least one id')
      .max(MOST_TASKS, `expects at most ${MOST_TASKS} ids`)
      .optional()
      .meta({
        description:
          'Instead of tasks: each id becomes a task of the template, which gets it as taskId; ' +
          'without a template the ids are those of schedules in this workspace.',
      }),
    template: z
      .strictObject({ agentId: AgentId, agentType: OnlySystem, context: Context })
      .optional()
      .meta({ description: 'The task that is run for each of taskIds.' }),
    concurrency: z.int().min(1).max(10).default(3).meta({ description: 'How many tasks run at a time.' }),
    stopOnFailure: z
      .boolean()
      .default(false)
      .meta({ description: 'Starts no further task after one has failed.' }),
  })
  .superRefine((it, check) => {
    if (Boolean(it.tasks) === Boolean(it.taskIds))
      check.addIssue({ code: 'custom', path: ['tasks'], message: 'expects either tasks or taskIds' })
    if (it.template && !it.taskIds)
      check.addIssue({ code: 'custom', path: ['template'], message: 'goes with taskIds only' })
  })
type Input = z.output<typeof Input>

interface Item {
  name: string
  agentId: string
  context: Record<string, unknown>
  /** The context is that of a schedule, as it is kept. */
  isKept?: true
  /** Under which its agent's memory is kept, wherever the task stands in the list. */
  remembersAs: string
}
type Used = Pick<Usage, 'tokensUsed' | 'cost' | 'tainted'>
type ItemResult =
  | ({ status: 'ok' | 'failed'; text: string; transient: boolean; memory?: unknown } & Used)
  | { status: 'not run' }
/** A task that was named but cannot be run, with the reason. */
type Resolved = Item | { name: string; problem: string }

export const batchProcessor = agent({
  id: ID,
  name: 'Batch processor',
  description: 'Runs a list of tasks through other agents, a few at a time, and shows a result for each.',
  input: Input,
  example: {
    tasks: [
      { name: 'First', agentId: 'test-agent', context: { text: 'one' } },
      { name: 'Second', agentId: 'test-agent', context: { text: 'two' } },
    ],
    concurrency: 2,
  },
  safeToRepeat: false,
  async judge({ tasks = [], template, taskIds }, judging) {
    const below = async (path: PropertyKey[], agentId: string, context: Record<string, unknown>) =>
      (await judging.task(agentId, context)).map((it) => ({ ...it, path: [...path, ...it.path] }))
    const found = tasks.map((it, index) => below(['tasks', index], it.agentId, it.context))
    // The first id stands for all of them.
    if (template) found.push(below(['template'], template.agentId, withId(template.context, taskIds?.[0])))
    return (await Promise.all(found)).flat()
  },
  async perform({ input, signal, say, step, tools }) {
    const items = await resolve(input, tools)
    const results: ItemResult[] = items.map(() => ({ status: 'not run' }))
    const known = Memory.parse(await tools.remembered())
    let next = 0
    let ended = 0
    let stopped = false

    async function work(): Promise<void> {
      while (next < items.length && !stopped && !signal.aborted) {
        const index = next++
        const item = items[index] as Resolved
        const result = await runOne(item, `task ${index + 1}`, known, { signal, step, tools })
        // A task that was cut off has no result of its own: the run as a whole was stopped.
        if (signal.aborted) return
        results[index] = result
        if (result.status === 'failed' && input.stopOnFailure) stopped = true
        say(`${++ended} of ${items.length}: ${item.name}: ${result.status}`)
      }
    }
    const pace = input.concurrency === 1 ? 'one at a time' : `up to ${input.concurrency} at a time`
    say(`${counted(items.length, 'task')}, ${pace}`)
    await Promise.all(Array.from({ length: Math.min(input.concurrency, items.length) }, work))
    signal.throwIfAborted()

    const ran = results.filter((it) => it.status !== 'not run')
    const failed = ran.filter((it) => it.status === 'failed')
    const text = `${sentence(results)}\n\n${table(items, results)}`
    const usage: Used = {
      tokensUsed: ran.reduce((sum, it) => sum + it.tokensUsed, 0),
      cost: ran.reduce((sum, it) => sum + it.cost, 0),
      tainted: ran.some((it) => it.tainted),
    }
    if (failed.length === ran.length)
      throw new AgentFailure(text, {
        transient: failed.every((it) => it.transient),
        partial: { text: '', usage },
      })
    return {
      text,
      outcome: {
        succeeded: ran.length - failed.length,
        failed: failed.length,
        notRun: results.length - ran.length,
        results: items.map((item, index) => ({
          name: item.name,
          ...withoutUsage(results[index] as ItemResult),
        })),
      },
      usage,
      ...remembering(items, results, known),
    }
  },
})

/** What its agents remember, by what they are called; each judges for itself whether it is its own. */
const Memory = z.record(z.string(), z.unknown()).catch({})
type Memory = z.output<typeof Memory>
const knownOf = (known: Memory, { remembersAs }: Item) =>
  Object.hasOwn(known, remembersAs) ? known[remembersAs] : undefined
function remembering(items: Resolved[], results: ItemResult[], known: Memory): { memory?: Memory } {
  const each = items.flatMap((item, index) => {
    if ('problem' in item) return []
    const result = results[index] as ItemResult
    const memory = 'memory' in result ? result.memory : knownOf(known, item)
    return memory === undefined ? [] : [[item.remembersAs, memory]]
  })
  return each.length > 0 ? { memory: Object.fromEntries(each) } : {}
}

const withId = (context: Record<string, unknown>, taskId: unknown) => ({ ...context, taskId })

async function resolve(
  { tasks, taskIds = [], template }: Input,
  { workspace }: Pick<AgentTools, 'workspace'>,
): Promise<Resolved[]> {
  if (tasks)
    return tasks.map(({ name, agentId, context }, index) => {
      const called = name ?? agentId
      const before = tasks.slice(0, index).filter((it) => (it.name ?? it.agentId) === called).length
      const remembersAs = `${called} ${before + 1}`
      return { name: name ?? `${index + 1}. ${agentId}`, agentId, context, remembersAs }
    })
  if (template)
    return taskIds.map((id) => ({
      name: String(id),
      agentId: template.agentId,
      context: withId(template.context, id),
      remembersAs: `id ${id}`,
    }))
  return Promise.all(taskIds.map((id) => ofSchedule(id, workspace)))
}

async function ofSchedule(id: number | string, workspace: AgentTools['workspace']): Promise<Resolved> {
  const row = Number.isSafeInteger(Number(id)) ? await workspace.trigger(Number(id)) : null
  if (!row)
    return {
      name: String(id),
      problem:
        `There is no schedule ${id} in this workspace. ` +
        'To run something else for each id, add a template with an agentId.',
    }
  if (row.agentId === ID) return { name: row.name, problem: NO_BATCH }
  try {
    return {
      name: row.name,
      agentId: row.agentId,
      context: JSON.parse(row.context) as Record<string, unknown>,
      isKept: true,
      remembersAs: `schedule ${row.id}`,
    }
  } catch {
    return { name: row.name, problem: `The context of schedule ${id} is not JSON.` }
  }
}

/** What a task has answered is kept: a batch that was cut off and goes on later does not run it again. */
async function runOne(
  item: Resolved,
  key: string,
  known: Memory,
  { signal, step, tools }: Pick<Task<Input>, 'signal' | 'step' | 'tools'>,
): Promise<ItemResult> {
  const unused = { tokensUsed: 0, cost: 0, tainted: false }
  if ('problem' in item) return { status: 'failed', text: item.problem, transient: false, ...unused }
  try {
    const { agentId, context, isKept = false } = item
    const remembered = knownOf(known, item)
    const { text, usage, memory } = await step(key, async () => {
      const ended = await tools.perform(agentId, context, signal, { key, remembered, isKept })
      const { text, usage = {}, memory = remembered } = ended
      return { text: shortened(text, MOST_KEPT), usage, memory }
    })
    return { status: 'ok', text, transient: false, ...unused, ...usage, memory }
  } catch (error) {
    return {
      status: 'failed',
      text: error instanceof Error ? error.message : String(error),
      transient: error instanceof AgentFailure && error.transient,
      ...unused,
      ...(error instanceof AgentFailure && error.partial?.usage),
    }
  }
}

function sentence(results: ItemResult[]): string {
  const of = (status: ItemResult['status']) => results.filter((it) => it.status === status).length
  const parts = [
    [of('ok'), 'succeeded'],
    [of('failed'), 'failed'],
    [of('not run'), of('not run') === 1 ? 'was not run' : 'were not run'],
  ] as const
  const said = parts.filter(([n]) => n > 0).map(([n, words]) => `${n} ${words}`)
  return `**${counted(results.length, 'task')}**: ${listed(said)}.`
}

function table(items: Resolved[], results: ItemResult[]): string {
  const rows = items.map((item, index) => {
    const result = results[index] as ItemResult
    return `| ${inline(item.name, 60)} | ${result.status} | ${'text' in result ? inline(result.text) : ''} |`
  })
  return ['| Task | Result | What it said |', '| --- | --- | --- |', ...rows].join('\n')
}

const withoutUsage = (it: ItemResult) =>
  it.status === 'not run' ? { status: it.status } : { status: it.status, text: shortened(it.text, MOST_KEPT) }
