/**
 * Runs an agent by its id: finds it, judges the context, performs.
 *
 * Promise: what can be expected (no such agent, a bad context, a failure) comes back as a value with the
 * sentence for the person who must act.
 */
import type { ClaimedRow } from '#db/queries/claiming.ts'
import type { ReasonCode } from '../contract/execution.ts'
import type { ReadinessCheck } from '../contract/readiness.ts'
import { inWords } from '../contract/wording.ts'
import { type Question, questionOf } from '#db/queries/replies.ts'
import { get as memoryOf } from '#db/queries/memory.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import type { DocumentSearch } from '../documents/search.ts'
import type { Mail } from '../mail/mail.ts'
import type { GuardedFetch } from '../net/guarded-fetch.ts'
import {
  type Affordable,
  type AgentDefinition,
  AgentFailure,
  type AgentResult,
  type AgentTools,
  type GrantedCall,
  type Task,
} from './agent.ts'
import type { AgentCatalogue, AgentRef } from './catalogue.ts'
import { hidden, hiding } from './hiding.ts'
import { runMail } from './mailing.ts'
import type { AgentPort, Performed } from './port.ts'
import { type Coming, type Doings, readerOf, upkeepOf } from './reach.ts'
import { secretChecks } from './readiness.ts'
import type { Files } from './reading/files.ts'
import type { Folders } from './reading/folders.ts'
import type { Scope } from './scope.ts'
import type { Sealing } from './sealing.ts'
import { staged } from './staging.ts'

/** What is the same for every run. */
export interface Ground {
  store: Store
  clock: Clock
  fetch: GuardedFetch
  files: Files
  folders: Folders
  /** What has a model write for a run. */
  composing(run: Composer): AgentTools['compose']
  mail: Mail
  mailboxOf(workspaceId: number, sourceId: number): ReturnType<AgentTools['mailboxOf']>
  search: DocumentSearch
  sealing: Pick<Sealing, 'open' | 'secretsOf' | 'confidentialIn'>
  /** What runs next, days off left out. */
  upcoming: Coming
  /** What agents may change in a workspace for people to see. */
  doingsOf(workspaceId: number, executionId: number): Doings
  /** Takes one use of what people have had remembered for calls of a trigger. */
  grant(of: { workspaceId: number; triggerId: number }, call: GrantedCall): ReturnType<AgentTools['grant']>
}

export type Composer = Pick<Task<unknown>, 'workspace' | 'signal' | 'afford' | 'step' | 'say'>

const issuesInWords = (issues: { path: PropertyKey[]; message: string }[]) =>
  issues.map((it) => `${['context', ...it.path].join('.')}: ${it.message}`).join('; ')

type Given = Omit<Task<unknown>, 'input' | 'tools' | 'onEnd'> &
  Pick<AgentTools, 'remembered'> & { scope: Scope; question?: (() => Promise<Question | null>) | undefined }
/** Of what an agent remembers. */
const MOST_MEMORY_BYTES = 256 * 1024

export function createAgentPort(
  catalogue: Pick<AgentCatalogue, 'find' | 'unknown'>,
  ground: Ground,
): AgentPort {
  /** `open`: the context as the agent gets it. */
  async function perform(
    ref: AgentRef,
    open: () => Promise<unknown>,
    { scope, remembered, question, ...task }: Given,
  ): Promise<Performed> {
    const workspaceId = task.workspace.id
    const agent = await catalogue.find(workspaceId, ref)
    if (!agent) return refused('unknown_agent', await catalogue.unknown(workspaceId, ref))
    const ready = await prepared(agent, open, question)
    if ('kind' in ready) return ready
    const { afford, most } = affording(task.afford)
    const own = { ...toolsOf(ground, { ...task, afford }), remembered }
    const { tools, held } = task.execution.staged ? staged(own, task) : { tools: own, held: [] }
    try {
      const result = await agent.perform({
        ...task,
        ...ready,
        afford,
        onEnd: scope.onEnd,
        tools: { ...tools, perform: within({ scope, remembered, ...task, afford: most }) },
      })
      if ('waitsFor' in result) return { kind: 'waits', wait: result }
      requireSmall(result.memory)
      return { kind: 'done', result }
    } catch (error) {
      // It could not go on without what was not done: so far it shows what it would have done.
      const failed = failure(error)
      return held.length > 0 && !task.signal.aborted ? undone(held, failed) : failed
    }
  }

  /** Other agents as part of a run: each is a part of its scope, and keeps its steps below a key. */
  const within =
    ({ scope, ...task }: Given): AgentTools['perform'] =>
    (named, context, signal, { key, remembered = null, isKept = false } = {}) => {
      const ref = typeof named === 'string' ? { agentId: named, agentType: 'system' } : named
      const id = ref.agentId
      const part = scope.part()
      const ended = new AbortController()
      part.onEnd(() => ended.abort(new Error('The agent that ran this one has ended.')))
      const inner: Given = {
        ...task,
        signal: AbortSignal.any([signal, ended.signal]),
        ...below(task, key ?? id),
        // What is decided is decided about the run's own parts.
        decided: () => null,
        remembered: async () => remembered,
        execution: { ...task.execution, part: `${task.execution.part}${key ?? id}/` },
        scope: part,
      }
      // Opened already, where it was kept in confidence; what a model makes up names no secret.
      const performed = isKept
        ? discreetly(perform, ground.sealing, ref, context, inner)
        : perform(ref, async () => context, inner)
      const result = performed.finally(part.end).then((it) => resultOf(id, it))
      // Whoever does not wait for it has let it go: its failure is then nobody's.
      result.catch(() => {})
      return result
    }

  return {
    safeToRepeat: async (workspaceId, agent) =>
      (await catalogue.find(workspaceId, agent))?.safeToRepeat ?? false,
    checks: (...run) => checksOf(catalogue, ground, ...run),
    worst: async (workspaceId, agent) =>
      (await (await catalogue.find(workspaceId, agent))?.worst?.(workspaceId)) ?? null,
    perform(claimed, context, live) {
      return discreetly(perform, ground.sealing, claimed, context, {
        workspace: workspaceOf(claimed),
        execution: executionOf(claimed),
        events: claimed.events ?? [],
        question: claimed.kind === 'reply' ? () => questionOf(ground.store, claimed.id) : undefined,
        remembered: () => memoryOf(ground.store, claimed.workspaceId, claimed.triggerId),
        ...live,
      })
    },
  }
}

/** What an agent within another came to. @throws AgentFailure where that is no result */
function resultOf(id: string, it: Performed): AgentResult {
  switch (it.kind) {
    case 'done':
      return it.result
    case 'failed':
      throw new AgentFailure(it.error, { transient: it.transient, partial: it.partial ?? null })
    case 'waits':
      throw new AgentFailure(
        `The agent "${id}" waits for a person, which it cannot do inside another: ${it.wait.waitsFor}`,
      )
  }
}

type Perform = (ref: AgentRef, open: () => Promise<unknown>, task: Given) => Promise<Performed>

/** With a context as it is kept: what lies there in confidence is opened for the agent, and in nothing that it says. */
async function discreetly(
  perform: Perform,
  sealing: Ground['sealing'],
  ref: AgentRef,
  kept: Record<string, unknown>,
  task: Given,
): Promise<Performed> {
  const { id } = task.workspace
  const values = await sealing.confidentialIn(id, kept)
  const open = () => sealing.open(id, ref, kept)
  if (values.length === 0) return perform(ref, open, task)
  const hide = hiding(values)
  return hidden(await perform(ref, open, { ...task, ...quiet(task, hide) }), hide)
}

/** What is said, without the values of what its context holds in confidence. */
const quiet = ({ say, write }: Pick<Given, 'say' | 'write'>, hide: (text: string) => string) => ({
  say: ((text, data, kind) => say(hide(text), hidden(data, hide), kind)) satisfies Given['say'],
  write: (text: string) => write(hide(text)),
})

const below = ({ step, has }: Pick<Given, 'step' | 'has'>, key: string): Pick<Given, 'step' | 'has'> => ({
  step: (name, work) => step(`${key}/${name}`, work),
  has: (name) => has(`${key}/${name}`),
})

/** What an agent within another may use comes on top of the most that the other may have used by then. */
function affording(afford: Given['afford']): Record<'afford' | 'most', Given['afford']> {
  let own: Affordable = { tokens: 0, cost: 0 }
  return {
    afford(most) {
      own = most
      return afford(most)
    },
    most: ({ tokens, cost }) => afford({ tokens: own.tokens + tokens, cost: own.cost + cost }),
  }
}

/** What agents may use, of the run's own workspace; other agents apart. */
function toolsOf(
  {
    store,
    clock,
    fetch,
    files,
    folders,
    mail,
    mailboxOf,
    search,
    upcoming,
    composing,
    doingsOf,
    grant,
  }: Ground,
  task: Composer & Pick<Given, 'workspace' | 'execution' | 'step' | 'has' | 'signal'>,
): Omit<AgentTools, 'perform' | 'remembered'> {
  const { id } = task.workspace
  const { triggerId } = task.execution
  return {
    clock,
    fetch,
    files,
    folders,
    mail: runMail(mail, task),
    mailboxOf: (sourceId) => mailboxOf(id, sourceId),
    workspace: readerOf(store, id, { search, upcoming }),
    upkeep: upkeepOf(store, id),
    doings: doingsOf(id, task.execution.id),
    compose: composing(task),
    grant: (call) => grant({ workspaceId: id, triggerId }, call),
  }
}

/** An agent that is not there lacks everything. */
async function checksOf(
  catalogue: Pick<AgentCatalogue, 'find' | 'unknown'>,
  { sealing, store, search, upcoming }: Pick<Ground, 'sealing' | 'store' | 'search' | 'upcoming'>,
  ...[workspaceId, ref, probe]: Parameters<AgentPort['checks']>
): Promise<ReadinessCheck[]> {
  const agent = await catalogue.find(workspaceId, ref)
  if (agent) {
    const context = keptIn(ref.context)
    const needs = { context, workspace: readerOf(store, workspaceId, { search, upcoming }) }
    const own = (await agent.checks?.(workspaceId, probe, needs)) ?? []
    return [...own, ...(await secretChecks(sealing, workspaceId, context))]
  }
  const detail = await catalogue.unknown(workspaceId, ref)
  const gone = { kind: 'agent', name: ref.agentId, state: 'failing', code: 'missing' } as const
  return [{ ...gone, detail, remedy: null, expiresAt: null }]
}

/** What plain SQL has spoilt names nothing: its run says so. */
function keptIn(context: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(context) }
  } catch {
    return {}
  }
}

type Failed = Extract<Performed, { kind: 'failed' }>
const undone = (held: readonly string[], { partial }: Failed): Performed => ({
  kind: 'done',
  result: {
    text: `Nothing was done. It would have:\n\n${held.map((it) => `- ${it}`).join('\n')}`,
    ...(partial && { usage: partial.usage }),
  },
})

type Ready = { input: unknown; asked: Question | null }

/** What the agent gets, its secrets opened; or what came of the run already, for it cannot begin. */
async function prepared(
  agent: AgentDefinition,
  open: () => Promise<unknown>,
  question: Given['question'],
): Promise<Ready | Performed> {
  if (question && !agent.converses) return { kind: 'done', result: { text: cannotTalk(agent) } }
  try {
    const { success, data, error } = agent.input.safeParse(await open(), inWords)
    // Whoever asks it something gives it words, not a context.
    if (question) {
      const asked = await question()
      return asked
        ? { input: success ? data : {}, asked }
        : refused('bad_input', 'The message that asked it was deleted.')
    }
    if (success) return { input: data, asked: null }
    return refused(
      'bad_input',
      `The context does not fit the agent "${agent.id}": ${issuesInWords(error.issues)}.`,
    )
  } catch (error) {
    return refused('bad_input', (error as Error).message)
  }
}

/** Silence would look like an answer that is still to come. */
const cannotTalk = ({ name }: AgentDefinition) =>
  `**${name}** does one task, always in the same way, and cannot talk about it. Ask an agent of yours that uses a model, by its name behind an \`@\`; or run the schedule again.`

function requireSmall(memory: unknown): void {
  const bytes = memory === undefined ? 0 : Buffer.byteLength(JSON.stringify(memory))
  if (bytes > MOST_MEMORY_BYTES)
    throw new AgentFailure(
      `It would have to remember ${Math.ceil(bytes / 1024)} KiB, and a schedule keeps at most 256. Let it watch less.`,
    )
}

const refused = (reasonCode: ReasonCode, error: string): Performed => ({
  kind: 'failed',
  error,
  reasonCode,
  transient: false,
})

const failure = (error: unknown): Failed => ({
  kind: 'failed',
  error: error instanceof Error && error.message ? error.message : String(error),
  reasonCode: error instanceof AgentFailure ? error.reasonCode : 'agent_error',
  transient: error instanceof AgentFailure && error.transient,
  ...(error instanceof AgentFailure && error.partial && { partial: error.partial }),
})

const workspaceOf = (it: ClaimedRow) => ({
  id: it.workspaceId,
  name: it.workspaceName,
  slug: it.workspaceSlug,
})
const executionOf = (it: ClaimedRow): Task<unknown>['execution'] => ({
  id: it.id,
  triggerId: it.triggerId,
  triggerName: it.triggerName,
  attempt: it.attempt,
  isCatchup: it.isCatchup,
  staged: it.staged,
  part: '',
  startedAt: new Date(it.startedAt),
  scheduledFor: it.scheduledFor === null ? null : new Date(it.scheduledFor),
})
