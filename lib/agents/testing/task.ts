/**
 * A task for an agent under test: a real store in memory, a clock that stands still, and no way out unless
 * one is given.
 */
import { byWords } from '../../documents/testing/by-words.ts'
import pino from 'pino'
import type { z } from 'zod'
import { openSqlite } from '#db/sqlite/index.ts'
import type { Store } from '#db/store.ts'
import { type HandClock, handClock } from '#lib/clock.ts'
import type {
  Affordable,
  AgentDefinition,
  AgentResult,
  AgentTools,
  AgentWait,
  Decided,
  Needs,
  Task,
} from '../agent.ts'
import { upcoming } from '#db/queries/activity.ts'
import { type Doings, readerOf, upkeepOf } from '../reach.ts'
import { createFolders } from '../reading/folders.ts'
import { createScope } from '../scope.ts'

export const NOW = '2026-03-02T09:00:00Z'

export interface Workbench {
  store: Store
  clock: HandClock
  workspaceId: number
  /** What the agent has said so far. */
  said: string[]
  /** What stands beside each of them in the transcript. */
  saidOf: unknown[]
  controller: AbortController
  /** What the agent keeps; hand it in before a run to have it continue one. */
  kept: Map<string, unknown>
  step: Task<unknown>['step']
  /** What was decided, by the place that asked. */
  decisions: Map<string, Decided>
  /** What was to be set aside, before each turn. */
  afforded: Affordable[]
  /** What the last run that succeeded had the agent remember; hand it in as it would be read back. */
  remembered: unknown
  /** What the last run waited for. */
  waited: AgentWait | null
  /** What checks of an agent look at. */
  needs(context?: Record<string, unknown>): Needs
  /** Ends what the agent has started, as the end of a run does. */
  end(): Promise<void>
  /** Throws also where the agent waits, with what it waits for. */
  run(
    agent: AgentDefinition,
    context?: Record<string, unknown>,
    change?: {
      store?: Store
      tools?: Partial<AgentTools>
      execution?: Partial<Task<unknown>['execution']>
      events?: Task<unknown>['events']
      asked?: Task<unknown>['asked']
    },
  ): Promise<AgentResult>
}

export async function workbench({ now = NOW }: { now?: string } = {}): Promise<Workbench> {
  const store = await openSqlite({ file: ':memory:' })
  const clock = handClock(now)
  const workspaceId = await demoIn(store, clock)
  const [said, saidOf]: [string[], unknown[]] = [[], []]
  const controller = new AbortController()
  const kept = new Map<string, unknown>()
  const afforded: Affordable[] = []
  const decisions = new Map<string, Decided>()
  const state: Pick<Workbench, 'waited' | 'remembered'> = { waited: null, remembered: null }
  const scope = createScope({ clock, log: pino({ level: 'silent' }), executionId: 1 })
  const step: Task<unknown>['step'] = async (key, work) => {
    if (!kept.has(key)) kept.set(key, await work())
    return kept.get(key) as Awaited<ReturnType<typeof work>>
  }
  return Object.assign(state, {
    store,
    clock,
    workspaceId,
    said,
    saidOf,
    controller,
    kept,
    decisions,
    afforded,
    step,
    needs: (context = {}) => ({
      context,
      workspace: readerOf(store, workspaceId, { search: byWords(store), upcoming }),
    }),
    end: scope.end,
    async run(
      agent: AgentDefinition,
      context: Record<string, unknown> = {},
      { store: from = store, tools, execution, events = [], asked }: Parameters<Workbench['run']>[2] = {},
    ) {
      const input: z.output<typeof agent.input> = agent.input.parse(context)
      const answer = await agent.perform({
        input,
        workspace: { id: workspaceId, name: 'Demo', slug: 'demo' },
        execution: { ...EXECUTION, startedAt: clock.now(), ...execution },
        events,
        asked,
        signal: controller.signal,
        say: (text, about) => said.push(text) && saidOf.push(about),
        decided: (place) => decisions.get(place) ?? null,
        afford: async (most) => {
          afforded.push(most)
          return { warning: null }
        },
        write: () => {},
        step,
        has: (key) => kept.has(key),
        onEnd: scope.onEnd,
        tools: {
          clock,
          workspace: readerOf(from, workspaceId, { search: byWords(from), upcoming }),
          upkeep: upkeepOf(from, workspaceId),
          ...nobodyElse,
          remembered: async () => state.remembered,
          ...tools,
        },
      })
      state.waited = 'waitsFor' in answer ? answer : null
      if ('waitsFor' in answer) throw new Error(`It waits for ${answer.waitsFor}.`)
      if (answer.memory !== undefined) state.remembered = JSON.parse(JSON.stringify(answer.memory))
      return answer
    },
  })
}

async function demoIn(store: Store, clock: HandClock): Promise<number> {
  const [row] = await store.q
    .insert(store.t.workspaces)
    .values({ name: 'Demo', slug: 'demo', createdAt: clock.now().getTime() })
    .returning()
  return row?.id as number
}

const EXECUTION = {
  id: 1,
  triggerId: 1,
  triggerName: 'Test',
  attempt: 1,
  scheduledFor: null,
  isCatchup: false,
  staged: false,
  part: '',
}
const no = () => Promise.reject(new Error('nothing can be changed here'))
/** For runs that read none. */
export const noFiles: Pick<AgentTools, 'files' | 'folders'> & { mailboxOf(): Promise<{ problem: string }> } =
  {
    mailboxOf: async () => ({ problem: 'There are no sources here.' }),
    files: { textOf: no, entriesOf: no },
    folders: createFolders([]),
  }
/** Where no mail server is set up. */
export const noMail: AgentTools['mail'] = { isSetUp: async () => false, send: no, open: no }
/** The same for whoever makes runs. */
export const noServer = { inForce: async () => null, send: no, open: no }
/** For runs that change nothing. */
export const nothingDone: Doings = {
  postMessage: no,
  writeDocument: no,
  keepDocument: no,
  pauseSchedule: no,
  proposeSchedule: no,
}
/** Where a run is alone. */
const nobodyElse = {
  fetch: () => Promise.reject(new Error('no network here')),
  perform: () => Promise.reject(new Error('no other agent here')),
  doings: nothingDone,
  ...noFiles,
  compose: async () => null,
  mail: noMail,
  grant: async () => null,
} satisfies Partial<AgentTools>
