/**
 * A small world for tests: a real store, a clock that stands still, the real engine, and an agent that does what its context says.
 * Wait for an event (`until`), never for time.
 */
import { type SQL, sql } from 'drizzle-orm'
import pino from 'pino'
import { z } from 'zod'
import * as executions from '#db/queries/executions.ts'
import * as messages from '#db/queries/messages.ts'
import { since } from '#db/queries/events.ts'
import { due } from '#db/queries/firing.ts'
import * as triggers from '#db/queries/triggers.ts'
import type { Store, Text } from '#db/store.ts'
import { AgentFailure, agent, type Task } from '../../agents/agent.ts'
import { createAgentPort } from '../../agents/performing.ts'
import { type HandClock, handClock } from '../../clock.ts'
import { isEnded } from '../../contract/states.ts'
import { NewTrigger, type NewTriggerInput } from '../../contract/trigger.ts'
import { embeddedQueue } from '../../queue/embedded.ts'
import { createEngine, type Engine } from '../engine.ts'
import { bind, type Deps } from '../../verbs/deps.ts'
import * as executionVerbs from '../../verbs/executions.ts'
import * as triggerVerbs from '../../verbs/triggers.ts'

export const ADA = { kind: 'person', id: 'ada', name: 'Ada' } as const

async function isFirst(step: Task<unknown>['step']): Promise<boolean> {
  let first = false
  await step('waited', () => {
    first = true
  })
  return first
}

/** Asked to stop, "hang" fails, "finish" comes to its end, and "ignore" hangs on. */
const untilStopped = (does: 'hang' | 'finish' | 'ignore', signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (does === 'hang') signal.addEventListener('abort', () => reject(new Error('stopped')))
    if (does === 'finish') signal.addEventListener('abort', () => resolve())
  })

/** `ended`: the executions of which it was told that they are over. */
const scripted = (ended: number[]) =>
  agent({
    id: 'test-agent',
    name: 'Scripted',
    description: 'Does what its context says.',
    safeToRepeat: false,
    input: z.object({
      does: z.enum(['succeed', 'fail', 'throw', 'hang', 'finish', 'ignore', 'wait']).default('succeed'),
      text: z.string().default('done'),
      transient: z.boolean().default(false),
      notable: z.boolean().default(true),
      /** How long it takes before anything of it. */
      lastsMs: z.number().default(0),
      /** With "wait": what it does when it was put back. */
      afterwards: z.enum(['succeed', 'hang']).default('succeed'),
      /** Parts that it does and keeps before the rest; the answer of each is the attempt that did it. */
      parts: z.array(z.string()).default([]),
    }),
    async perform({ input, execution, signal, say, step, onEnd, tools: { clock } }) {
      onEnd(() => ended.push(execution.id))
      for (const part of input.parts)
        say(`${part} was done by attempt ${await step(part, () => execution.attempt)}`)
      say(`begins to ${input.does}`)
      if (input.lastsMs > 0) await new Promise<void>((resolve) => void clock.after(input.lastsMs, resolve))
      if (input.does === 'wait' && (await isFirst(step))) return { waitsFor: 'Ada' }
      const does = input.does === 'wait' ? input.afterwards : input.does
      if (does === 'fail') throw new AgentFailure('it failed', { transient: input.transient })
      if (does === 'throw') throw new Error('a bug')
      if (does === 'hang' || does === 'finish' || does === 'ignore') await untilStopped(does, signal)
      return { text: input.text, notable: input.notable, usage: { tokensUsed: 7 } }
    },
  })

const wipe = (['workspaces', 'servers', 'outages', 'settings', '"user"'] as const).map(
  (table): Text =>
    () =>
      sql`delete from ${sql.raw(table)} ${table === 'settings' ? sql`where name not in ('views')` : sql``}` as SQL,
)

export interface World extends Awaited<ReturnType<typeof world>> {}

/** A fresh workspace and a server on the given store; `again` starts another server there, as after a crash or beside this one. */
export async function world(
  given: Store,
  {
    now = '2026-03-01T08:00:00Z',
    clock = handClock(now),
    limits = { total: 50, perWorkspace: 50 },
    keep = false,
    shared = false,
  }: {
    now?: string
    clock?: HandClock
    limits?: { total: number; perWorkspace: number }
    keep?: boolean
    /** Other servers may be alive on the store, whichever it is. */
    shared?: boolean
  } = {},
) {
  let dead = false
  const never = () => new Promise<never>(() => {})
  // A process that was killed writes nothing more: its calls never come back.
  const store: Store = {
    ...given,
    shared,
    all: (text, values) => (dead ? never() : given.all(text, values)),
    atomically: (statements) => (dead ? never() : given.atomically(statements)),
  }
  if (!keep) await store.atomically(wipe.map((text) => [text] as const))
  const slug = 'home'
  const [known] = await store.q.select().from(store.t.workspaces)
  const workspaceId =
    known?.id ??
    ((
      await store.q
        .insert(store.t.workspaces)
        .values({ name: slug, slug, createdAt: clock.now().getTime() })
        .returning()
    )[0]?.id as number)

  const ended: number[] = []
  const script = scripted(ended)
  const scripts = [script, { ...script, id: 'safe-agent', safeToRepeat: true }]
  const agents = createAgentPort(
    {
      find: (id) => scripts.find((it) => it.id === id) ?? null,
      unknown: (id) => `Unknown agent "${id}". Known agents: test-agent, safe-agent.`,
    },
    {
      store,
      clock,
      fetch: () => Promise.reject(new Error('no network here')),
    },
  )
  const log = pino({ level: 'silent' })
  const serverId = `server-${Math.random().toString(36).slice(2)}`
  const engine: Engine = createEngine({
    store,
    clock,
    log,
    agents,
    limits,
    minimumIntervalSeconds: 60,
    server: { id: serverId, role: 'all', version: '0' },
    beatMs: 5_000,
    leaseMs: 20_000,
    chance: () => 0.5,
    hint: () => {},
    observe: () => {},
    observeStart: () => {},
    queue: (taker) => embeddedQueue({ store, clock, log, owner: serverId, limits, taker }),
  })
  const deps: Deps = {
    store,
    clock,
    engine,
    minimumIntervalSeconds: 60,
    hint: () => {},
    judgeAgent: () => [],
  }
  const verbs = { triggers: bind(deps, triggerVerbs), executions: bind(deps, executionVerbs) }

  const history = async (triggerId?: number) =>
    (await executions.list(store, workspaceId, triggerId ? { triggerId } : {}, null, 1000)).reverse()
  async function until(
    condition: () => Promise<boolean> | boolean,
    what = 'what was waited for',
  ): Promise<void> {
    const giveUpAt = performance.now() + 20_000
    while (!(await condition())) {
      if (performance.now() > giveUpAt)
        throw new Error(
          `Waited too long for ${what}. History: ${JSON.stringify((await history()).map((it) => [it.id, it.status, it.reason]))}`,
        )
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }

  return {
    store: given,
    /** The store as this server sees it, for faults. */
    inner: store,
    clock,
    engine,
    /** Executions whose agent was told that they are over. */
    ended,
    ...verbs,
    workspaceId,
    serverId,
    history,
    until,
    schedule: (change: Partial<NewTriggerInput> = {}) =>
      verbs.triggers.create(
        workspaceId,
        NewTrigger.parse({ name: 'Morning', agentId: 'test-agent', cronExpression: '0 9 * * *', ...change }),
        ADA,
      ),
    trigger: async (id: number) => (await triggers.get(store, workspaceId, id)) as triggers.TriggerRow,
    /** Accounts for the past and starts the loop, as a server does. */
    start: () => engine.start({ fires: true }),
    /** Moves to an instant, at once, and waits until the loop has dealt with all that is due by then. */
    async at(instant: string): Promise<void> {
      await until(() => engine.loop.asleep, 'the loop to rest')
      clock.set(instant)
      await until(() => engine.loop.asleep, 'the loop to rest')
      await until(async () => (await due(store, clock.now(), 1)).length === 0, `everything due at ${instant}`)
    },
    stop: () => engine.stop(),
    /** The process is gone: nothing it had in memory will be written. */
    kill() {
      dead = true
    },
    settled: (count: number, triggerId?: number) =>
      until(
        async () => (await history(triggerId)).filter((it) => isEnded(it.status)).length === count,
        `${count} ended executions`,
      ),
    running: (count: number) =>
      until(
        async () =>
          engine.running === count &&
          (await history()).filter((it) => it.status === 'running').length === count,
        `${count} running executions`,
      ),
    feed: () => messages.list(store, workspaceId, { limit: 200 }),
    events: async () => (await since(store, workspaceId, 0, 1000)).events,
    again: (options: { shared?: boolean; clock?: HandClock } = {}) =>
      world(given, { clock, limits, keep: true, ...options }),
  }
}
