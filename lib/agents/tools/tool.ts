/**
 * What a custom agent may call.
 *
 * A tool is one file beside this one and one line in `index.ts`. It says what it does, what a call changes and whether
 * a call may be made twice; it throws `ToolProblem` for what the model should hear and may mend.
 */
import type { z } from 'zod'
import type { AgentConfig, ApprovalMode, Effect, Repeat } from '../../contract/custom-agent.ts'
import type { ReadinessCheck } from '../../contract/readiness.ts'
import type { AgentTools, Task, Usage } from '../agent.ts'

export interface ToolGround
  extends Pick<AgentTools, 'workspace' | 'clock' | 'fetch' | 'files' | 'doings' | 'mail' | 'perform'> {
  /** Of the schedule that the run belongs to. */
  timezone: string
  signal: AbortSignal
  /** The agent that calls. */
  agent: { id: string; name: string }
  triggerId: number
  /** By which a receiver can tell a repeated call; the same however often this one is begun. */
  key: string
  /** The run has read text that came from outside. */
  tainted: boolean
  /** Says a step of the run, within this call. */
  say(text: string): void
  /** Who agreed to this call, where somebody was asked. */
  approvedBy: { id: string; name: string } | null
}

export interface Tool<Schema extends z.ZodType = z.ZodType> {
  name: string
  description: string
  input: Schema
  /** The same as JSON Schema, where that is how it was written. */
  schema?: Record<string, unknown>
  /** `read` changes nothing, `inside` this workspace, `outside` what is beyond the installation: the most it can do. */
  effect: Effect
  /** Of just this call, where that is less. */
  effectOf?(input: z.output<Schema>): Effect
  /** The call is a question: a person's answer is its result, and `run` is never reached. */
  asks?(input: z.output<Schema>): { question: string; options?: string[] }
  /** What a call has the next run of the schedule know, where this run succeeds. */
  keeps?(input: z.output<Schema>): string
  /** What an approval of it is an approval of, beside its name: another one is another tool. */
  identity?: string
  /** Where the agent's rule says nothing of it. */
  approval?: ApprovalMode
  /** What becomes of a call whose outcome a crash has hidden. */
  repeat: Repeat
  /** Of one whose `repeat` is `verify`: begun again, it sees by itself whether it was done. */
  looksFirst?: true
  /** Without which it can do nothing. */
  needs?: 'mail'
  /** Its answer came from outside: it is data, whatever it says. */
  untrusted: boolean
  /** Where a call reads from, beyond the installation; an address can carry a message away. */
  addressOf?(input: z.output<Schema>): string | undefined
  /** What a call will do, for whoever is asked about it or reads of it. */
  says(input: z.output<Schema>): string
  run(input: z.output<Schema>, ground: ToolGround): Promise<unknown>
}

/** Where tools come from that are no part of the product. */
export interface ToolSource {
  /** All that an agent of the workspace can be given, each with the server or the skill that has it. */
  list(workspaceId: number): Promise<GivenTool[]>
  /** Those that an agent may have, for one run: what they connect to ends with it. */
  forRun(config: AgentConfig, task: Pick<Task<unknown>, 'workspace' | 'onEnd'>): Promise<Tool[]>
  /** Whether they could be called now; `probe`: what is elsewhere is asked. */
  checks(workspaceId: number, config: AgentConfig, probe: boolean): Promise<ReadinessCheck[]>
  /** What an agent is told beside its own instructions. @throws AgentFailure where that is not to be had */
  instructions?(workspaceId: number, config: Pick<AgentConfig, 'skillIds'>): Promise<string[]>
}

export interface GivenTool {
  tool: Tool
  source: 'mcp' | 'skill'
  from: { id: number; name: string }
}

/** Gives `says` and `run` the type of the schema beside them. */
export const tool = <Schema extends z.ZodType>(definition: Tool<Schema>): Tool =>
  definition as unknown as Tool

/** An answer of which more is known than its value. */
export class Answer {
  readonly value: unknown
  /** It came from outside, of a tool whose answers usually do not. */
  readonly outside: boolean
  /** What models used for it. */
  readonly usage: Partial<Usage>
  constructor(
    value: unknown,
    { outside = false, usage = {} }: { outside?: boolean; usage?: Partial<Usage> },
  ) {
    this.value = value
    this.outside = outside
    this.usage = usage
  }
}
export const markedIf = (outside: boolean, value: unknown) => new Answer(value, { outside })

/** The model is told, and goes on. `usage`: what models used until then. */
export class ToolProblem extends Error {
  override readonly name = 'ToolProblem'
  readonly usage: Partial<Usage>
  constructor(message: string, usage: Partial<Usage> = {}) {
    super(message)
    this.usage = usage
  }
}

/** Whether it was done, nobody knows. */
export class UnknownOutcome extends ToolProblem {}
