/**
 * A small world for tests: a real store, a clock that stands still, the real engine, and an agent that does
 * what its context says. Wait for an event (`until`), never for time.
 */
import { upcoming } from '../calendars/coming.ts'
import { byWords } from '../../documents/testing/by-words.ts'
import { sql } from 'drizzle-orm'
import pino from 'pino'
import * as executions from '#db/queries/executions.ts'
import * as messages from '#db/queries/messages.ts'
import { since } from '#db/queries/events.ts'
import { due } from '#db/queries/due.ts'
import * as triggers from '#db/queries/triggers.ts'
import type { Store } from '#db/store.ts'
import { raw } from '#db/testing/raw.ts'
import type { AgentCatalogue } from '../../agents/catalogue.ts'
import { createAgentPort } from '../../agents/performing.ts'
import { createSealing } from '../../agents/sealing.ts'
import { createSecrets } from '../../agents/secrets.ts'
import { type HandClock, handClock } from '../../clock.ts'
import { isEnded } from '../../contract/states.ts'
import { NewTrigger, type NewTriggerInput } from '../../contract/trigger.ts'
import { embeddedQueue } from '../../queue/embedded.ts'
import { noFiles, noServer, nothingDone } from '../../agents/testing/task.ts'
import { lookAt, scripted } from './scripted.ts'
import { createEngine, type Engine } from '../engine.ts'
import type { Witness } from '../witness.ts'
import { bind, type Deps } from '../../verbs/deps.ts'
import * as approvalVerbs from '../../verbs/approvals.ts'
import * as conditionVerbs from '../../verbs/conditions.ts'
import * as executionVerbs from '../../verbs/executions.ts'
import * as manyExecutionVerbs from '../../verbs/many-executions.ts'
import { takeGrant } from '../../verbs/granting.ts'
import * as triggerVerbs from '../../verbs/triggers.ts'
import * as overviewVerbs from '../../verbs/overview.ts'
import * as expectationVerbs from '../../verbs/expectations.ts'
import * as simulatingVerbs from '../../verbs/simulating.ts'
import * as revisionVerbs from '../../verbs/revisions.ts'
import { sinceSuccess } from '../../verbs/since-success.ts'
import { timeline } from '../../verbs/timeline.ts'
import * as whyVerbs from '../../verbs/why.ts'

export const ADA = { kind: 'person', id: 'ada', name: 'Ada' } as const

const wipe = (['workspaces', 'servers', 'outages', 'settings', '"user"'] as const).map((table) =>
  raw(sql`delete from ${sql.raw(table)} ${table === 'settings' ? sql`where name not in ('views')` : sql``}`),
)

export interface World extends Awaited<ReturnType<typeof world>> {}

/** A process that was killed writes nothing more: its calls never come back. */
function mortal(given: Store, shared: boolean): { store: Store; kill(): void } {
  let dead = false
  const never = () => new Promise<never>(() => {})
  return {
    store: {
      ...given,
      shared,
      all: (it) => (dead ? never() : given.all(it)),
      atomically: (statements) => (dead ? never() : given.atomically(statements)),
    },
    kill() {
      dead = true
    },
  }
}

const gone = raw(sql`select 1 from gone`)
/** The store as a server sees it that comes through so many transactions, and dies before it commits the next one. */
export function goneAfter(transactions: number, store: Store): Store {
  let left = transactions
  return {
    ...store,
    atomically: (statements) => store.atomically(left-- > 0 ? statements : ([...statements, gone] as never)),
  }
}

async function homeOf({ q, t }: Store, clock: HandClock): Promise<number> {
  const [known] = await q.select().from(t.workspaces)
  if (known) return known.id
  const home = { name: 'home', slug: 'home', createdAt: clock.now().getTime() }
  const [made] = await q.insert(t.workspaces).values(home).returning()
  const workspaceId = made?.id as number
  // Some name them as agents that people wrote.
  const written = { workspaceId, revision: 1, config: '{}', createdAt: 0, updatedAt: 0 }
  await q.insert(t.agents).values(['test-agent', 'safe-agent'].map((id) => ({ ...written, id })))
  return workspaceId
}

interface Server {
  clock: HandClock
  limits: { total: number; perWorkspace: number }
  /** Executions whose agent was told that they are over. */
  ended: number[]
  witness: Witness
  graceMs: number
}

const nothing = () => {}

/** The real engine and verbs, with agents that do what their context says. */
function serverOn(store: Store, { clock, limits, ended, witness, graceMs }: Server) {
  const script = scripted(ended)
  const scripts = [script, { ...script, id: 'safe-agent', safeToRepeat: true }]
  const find: AgentCatalogue['find'] = async (_workspaceId, { agentId }) =>
    scripts.find((it) => it.id === agentId) ?? null
  const box = { close: (text: string) => text, open: (text: string) => text }
  const sealing = createSealing({ find }, box, createSecrets(store, box))
  const agents = createAgentPort(
    {
      find,
      unknown: async (_workspaceId, { agentId }) =>
        `Unknown agent "${agentId}". Known agents: test-agent, safe-agent.`,
    },
    {
      store,
      clock,
      sealing,
      search: byWords(store),
      upcoming,
      fetch: () => Promise.reject(new Error('no network here')),
      ...noFiles,
      composing: () => async () => null,
      mail: noServer,
      doingsOf: () => nothingDone,
      grant: (of, call) => takeGrant({ store, clock }, of, call),
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
    witness,
    graceMs,
    lookAt,
    chance: () => 0.5,
    ...{ hint: nothing, observe: nothing, observeStart: nothing },
    queue: (taker) => embeddedQueue({ store, clock, log, owner: serverId, limits, taker }),
  })
  const deps: Deps = {
    store,
    clock,
    engine,
    minimumIntervalSeconds: 60,
    sources: [],
    limits,
    sealing,
    hint: () => {},
    judgeAgent: async () => [],
    conditions: { lookAt, kept: async (_workspaceId, source) => ({ source, faults: [] }) },
  }
  return { engine, serverId, verbs: verbsOf(deps) }
}

const verbsOf = (deps: Deps) => ({
  triggers: bind(deps, triggerVerbs),
  executions: bind(deps, executionVerbs),
  manyExecutions: bind(deps, manyExecutionVerbs),
  revisions: bind(deps, revisionVerbs),
  why: bind(deps, { ...whyVerbs, sinceSuccess }),
  simulating: bind(deps, simulatingVerbs),
  expectations: bind(deps, expectationVerbs),
  approvals: bind(deps, approvalVerbs),
  overview: bind(deps, overviewVerbs),
  ...bind(deps, { timeline }),
  watching: bind(deps, { check: conditionVerbs.check, samples: conditionVerbs.samples }),
})

async function waitFor(
  condition: () => Promise<boolean> | boolean,
  complaint: () => Promise<string>,
): Promise<void> {
  const giveUpAt = performance.now() + 120_000
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(await complaint())
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/**
 * So much time passes, and what the beat looks for is looked for: the beat itself may be under way just now, and
 * its next one would come only with more time.
 */
async function passes(engine: Engine, clock: HandClock, ms: number): Promise<void> {
  clock.advance(ms)
  await engine.recover()
  await engine.callOffOrphans()
  await engine.lookAtApprovals()
  await engine.lookAtExpectations()
}

/**
 * A fresh workspace and a server on the given store; `again` starts another server there, as after a crash or
 * beside this one.
 */
export async function world(
  given: Store,
  {
    now = '2026-03-01T08:00:00Z',
    clock = handClock(now),
    limits = { total: 50, perWorkspace: 50 },
    keep = false,
    shared = false,
    witness = { lastSeen: () => null, saw: () => {} },
    graceMs = 0,
  }: {
    now?: string
    clock?: HandClock
    limits?: { total: number; perWorkspace: number }
    keep?: boolean
    /** Other servers may be alive on the store, whichever it is. */
    shared?: boolean
    witness?: Witness
    /** How long what runs may take to end by itself when the server stops. */
    graceMs?: number
  } = {},
) {
  const { store, kill } = mortal(given, shared)
  if (!keep) await store.atomically(wipe)
  const workspaceId = await homeOf(store, clock)
  const ended: number[] = []
  const { engine, serverId, verbs } = serverOn(store, { clock, limits, ended, witness, graceMs })

  const history = async (triggerId?: number) =>
    (await executions.list(store, workspaceId, triggerId ? { triggerId } : {}, null, 1000)).reverse()
  const traces = async () =>
    (await history()).map((it) => [it.triggerId, it.scheduledFor, it.isCatchup, it.status, it.reason])
  const until = (condition: () => Promise<boolean> | boolean, what = 'what was waited for') =>
    waitFor(condition, async () => `Waited too long for ${what}. History: ${JSON.stringify(await traces())}`)

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
    passes: (ms: number) => passes(engine, clock, ms),
    stop: () => engine.stop(),
    /** The process is gone: nothing it had in memory will be written. */
    kill,
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
