/**
 * What every agent is: an id, words, a schema for its input, and one function that does the task.
 *
 * An agent never touches its execution: it returns what it has to say, or throws; whoever runs it records the
 * outcome, once.
 */
import type { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { ApprovalStatus, AskedWhy } from '../contract/approval.ts'
import type { Effect } from '../contract/custom-agent.ts'
import type { ReasonCode } from '../contract/execution.ts'
import type { ReadinessCheck } from '../contract/readiness.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import type { Mailbox } from '../mail/imap.ts'
import type { GuardedFetch } from '../net/guarded-fetch.ts'
import type { Question } from '#db/queries/replies.ts'
import type { AgentRef } from './catalogue.ts'
import type { RunMail } from './mailing.ts'
import type { Doings, Reader, Upkeep } from './reach.ts'
import type { Files } from './reading/files.ts'
import type { Folders } from './reading/folders.ts'

export interface Usage {
  tokensUsed: number
  cost: number
  /** The revision of the agent that worked, where it has any. */
  agentRevision: number
  /** The model that was asked. */
  model: string
  /** Of `tokensUsed`: given, cached ones among them, and made. */
  tokensIn: number
  tokensOut: number
  tokensCached: number
  /** It has read text that came from outside. */
  tainted: boolean
}

/** What a step of the transcript tells of. */
export type StepKind = 'step' | 'say' | 'model' | 'tool' | 'approval'

export interface AgentResult {
  /** Markdown, for people. */
  text: string
  /** Structured, for programs; kept with the execution. */
  outcome?: unknown
  /** What the next run of the trigger is to know; kept where this one succeeds. */
  notes?: string
  /**
   * JSON, at most 256 KiB: how far the agent has read, what it has told. The next run of the trigger gets it from
   * `tools.remembered`; kept in the transaction that settles the success, so that what was told and what is
   * remembered of it cannot part. Absent: what was remembered before.
   */
  memory?: unknown
  usage?: Partial<Usage>
  /** False: nothing to report; a trigger with `post: when_notable` stays silent. */
  notable?: boolean
}

/**
 * What an agent answers that cannot go on without a person: its run is parked, and begins again when that is
 * decided.
 */
export interface AgentWait {
  /** What it waits for, in words for whoever decides. */
  waitsFor: string
  /** No other run of its trigger begins meanwhile; without it, as the trigger has it. */
  holdSlot?: boolean
  /** Each is decided by itself; the run begins again when all are. */
  asks?: Ask[]
  /** What it has used so far. */
  usage?: Partial<Usage>
}

/** One thing that a run asks a person for. */
export interface Ask {
  /** Which part of the run asks: `decided` answers under it. */
  place: string
  /** The step of the transcript that says so. */
  step: number | null
  kind: 'tool' | 'question'
  tool: string
  effect: Effect
  /** Exactly as they will be used, if they are approved as they are. */
  arguments: unknown
  argumentsHash: string
  /** What it would do, in words. */
  summary: string
  why: AskedWhy
  question?: string
  options?: string[]
}

/** What a person, or nobody in time, said to it. */
export interface Decided {
  approvalId: number
  status: ApprovalStatus
  /** What was approved in place of what was asked for; null: just that. */
  arguments: unknown
  answer: unknown
  note: string | null
  by: { id: string; name: string } | null
}

/** A call that may need no asking. */
export interface GrantedCall {
  tool: string
  arguments: unknown
  argumentsHash: string
  /** Only what was remembered of just these arguments will do. */
  exactly: boolean
}

/** What agents may use of the product. Handed in, so that an agent file imports no other plug-in. */
export interface AgentTools {
  clock: Clock
  /** The run's own workspace, to read. */
  workspace: Reader
  /** Of the same workspace: what is old goes. */
  upkeep: Upkeep
  /** Of the same workspace: what changes it for people to see. */
  doings: Doings
  /** The only way out: refuses private and metadata addresses. */
  fetch: GuardedFetch
  /** What files say. */
  files: Files
  /** Those folders of this machine that its operator has opened. */
  folders: Folders
  /** In the name of the workspace. */
  mail: RunMail
  /** The mailbox that a source of the workspace looks at. */
  mailboxOf(sourceId: number): Promise<Mailbox | { problem: string }>
  /**
   * What the last success of this trigger had it remember (`AgentResult.memory`); null: nothing yet. It may be of
   * another version or another context: the agent judges it before it is used.
   */
  remembered(): Promise<unknown>
  /**
   * Has a model write a few words of the material, which is data; null where none is set up, or it cannot be asked
   * now: then the agent says what it has to say without it. What it used is the agent's to count as its own.
   */
  compose(it: Composing): Promise<Composed | null>
  /** Takes one use of a remembered approval that holds for this call; null: there is none. */
  grant(call: GrantedCall): Promise<{ id: number; by: string } | null>
  /**
   * Runs another agent in the same workspace as part of this execution. Throws what that agent throws. It
   * ends with this agent at the latest.
   */
  perform(
    agent: string | AgentRef,
    context: Record<string, unknown>,
    signal: AbortSignal,
    as?: Within,
  ): Promise<AgentResult>
}

export interface Composing {
  /** Which part of the run it is: a run that goes on after a crash does not ask for it again. */
  key: string
  instructions: string
  material: string
}
export interface Composed {
  text: string
  usage: Partial<Usage>
}

/** How an agent runs within another. */
export interface Within {
  /** Its steps are kept below it, by default below its id; a second run of the same agent needs one of its own. */
  key?: string
  /** The context is that of a schedule, as it is kept: what it holds in confidence is opened for the agent alone. */
  isKept?: boolean
  /** What it remembers: the `memory` of its result the last time, which the outer agent keeps as its own. */
  remembered?: unknown
}

export interface Task<Input> {
  input: Input
  workspace: { id: number; name: string; slug: string }
  execution: {
    id: number
    triggerId: number
    triggerName: string
    attempt: number
    scheduledFor: Date | null
    startedAt: Date
    isCatchup: boolean
    /** Of an agent that runs within another: tells its effects from those of others. */
    part: string
    /** What has an effect is not done: it is kept what it would have done. */
    staged: boolean
  }
  /** What has fired it, in the order in which it came: data, whoever wrote it. Nothing where no fact has. */
  events: readonly TriggerEvent[]
  /** What somebody asks it in the chat; an agent that does not converse is never asked. */
  asked?: Question | null | undefined
  /** Aborts at the timeout, on cancel and when the server stops. */
  signal: AbortSignal
  /** Says a step: shown live, kept in the transcript. Answers its number there. */
  say(text: string, data?: unknown, kind?: StepKind): number
  /** What is being written just now: shown live until the next step is said, and kept nowhere. */
  write(text: string): void
  /**
   * Does a part of the work and keeps what came of it: whoever continues this execution later gets that
   * answer instead of doing the part again. Resolves when it is stored. The answer is JSON, and is given as
   * it will be read back; a key stands for one part of a run.
   */
  step<Answer>(key: string, work: () => Answer | Promise<Answer>): Promise<Answer>
  /** Whether an earlier claim of this run has kept that part already. */
  has(key: string): boolean
  /** What was decided of what this run asked for at that place; null: it was not asked, or is not decided. */
  decided(place: string): Decided | null
  /**
   * Before more is spent: what the run may have used then in all, at the most, is set aside in its budgets. Answers
   * what the model should hear of it. @throws AgentFailure where there is no room
   */
  afford(most: Affordable): Promise<{ warning: string | null }>
  /** Has something that the agent started ended with the run, however the run ends. */
  onEnd(end: () => unknown): void
  tools: AgentTools
}

/** What may be spent: US dollars; 0 where nobody knows what a model costs. */
export interface Affordable {
  tokens: number
  cost: number
}

/** Of a run that did not come to its end. */
export interface SoFar {
  text: string
  usage: Partial<Usage>
}

/**
 * Thrown by an agent: whether trying again may help, said by who knows. Any other error is not tried again.
 */
export class AgentFailure extends Error {
  readonly transient: boolean
  readonly reasonCode: ReasonCode
  /** What had been said until then, and used. */
  readonly partial: SoFar | null
  constructor(
    message: string,
    {
      transient = false,
      reasonCode = 'agent_error',
      cause,
      partial = null,
    }: { transient?: boolean; reasonCode?: ReasonCode; cause?: unknown; partial?: SoFar | null } = {},
  ) {
    super(message, { cause })
    this.name = 'AgentFailure'
    this.transient = transient
    this.reasonCode = reasonCode
    this.partial = partial
  }
}

/**
 * What only the installation knows about a context: which addresses may be called, which agents there are.
 */
export interface Judging {
  /** Why the address may not be called, or null. */
  url(url: string): string | null
  /** Why the folder cannot be read, or null. */
  folder(folder: string): Promise<string | null>
  /** What is wrong with a task for another agent. */
  task(agentId: string, context: Record<string, unknown>): Promise<ContextProblem[]>
}
/** `path`: from the context's root. */
export interface ContextProblem {
  path: PropertyKey[]
  message: string
  /** Nothing is wrong with what was sent: the agent is not to be had as things stand. */
  conflict?: true
}

/** Of what it is to do. */
export interface Needs {
  /** As it is kept: what is said in confidence is closed. */
  context: Record<string, unknown>
  workspace: Reader
}

/** `cost` null: nobody knows what the model costs. */
export interface Worst {
  revision: number
  tokens: number
  cost: number | null
}

/** Running it twice for one occurrence does no harm; or it keeps its parts, and goes on where it was cut off. */
export type Repeatable = boolean | 'continues'

export interface AgentDefinition<Schema extends z.ZodType = z.ZodType> {
  id: string
  aliases?: readonly string[]
  name: string
  description: string
  /**
   * The schema of its context: judged when a schedule is saved and again when it runs; forms are drawn from
   * it.
   */
  input: Schema
  /** The same as JSON Schema, where that is how it was written. */
  schema?: Record<string, unknown>
  /** A context that shows what it can do, for the editor. */
  example?: z.input<Schema>
  /** Of an agent that asks a model, the most that a run can use. */
  worst?(workspaceId: number): Promise<Worst>
  /** What it needs that may not be there; `probe`: what is elsewhere is asked. */
  checks?(workspaceId: number, probe: boolean, needs: Needs): ReadinessCheck[] | Promise<ReadinessCheck[]>
  /** Why no schedule is made for it now, though it is there; null: it can be. */
  unavailable?: string | null
  /** It answers what people ask it in the chat. */
  converses?: boolean
  /** Whether a crash repeats it by itself. */
  safeToRepeat: Repeatable
  /**
   * Looks at what the schema cannot know. Asked when a schedule is saved; at its run, `tools` refuse by
   * themselves.
   */
  judge?(input: z.output<Schema>, judging: Judging): ContextProblem[] | Promise<ContextProblem[]>
  perform(task: Task<z.output<Schema>>): Promise<AgentResult | AgentWait>
}

/** Gives `perform` the type of the schema beside it. */
export const agent = <Schema extends z.ZodType>(definition: AgentDefinition<Schema>): AgentDefinition =>
  definition as unknown as AgentDefinition
