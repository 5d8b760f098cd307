/**
 * What a custom agent may call.
 *
 * A tool is one file beside this one and one line in `index.ts`. It says what it does, what a call changes and whether
 * a call may be made twice; it throws `ToolProblem` for what the model should hear and may mend.
 */
import type { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { GuardedFetch } from '../../net/guarded-fetch.ts'
import type { Reader } from '../reach.ts'

export interface ToolGround {
  workspace: Reader
  clock: Clock
  fetch: GuardedFetch
  /** Of the schedule that the run belongs to. */
  timezone: string
  signal: AbortSignal
}

export interface Tool<Schema extends z.ZodType = z.ZodType> {
  name: string
  description: string
  input: Schema
  /** `read` changes nothing, `inside` this workspace, `outside` what is beyond the installation. */
  effect: 'read' | 'inside' | 'outside'
  /** What becomes of a call whose outcome a crash has hidden. */
  repeat: 'safe' | 'keyed' | 'verify' | 'never'
  /** Its answer came from outside: it is data, whatever it says. */
  untrusted: boolean
  /** Where a call reads from, beyond the installation; an address can carry a message away. */
  addressOf?(input: z.output<Schema>): string
  /** What a call will do, for whoever is asked about it or reads of it. */
  says(input: z.output<Schema>): string
  run(input: z.output<Schema>, ground: ToolGround): Promise<unknown>
}

/** Gives `says` and `run` the type of the schema beside them. */
export const tool = <Schema extends z.ZodType>(definition: Tool<Schema>): Tool =>
  definition as unknown as Tool

/** The model is told, and goes on. */
export class ToolProblem extends Error {
  override readonly name = 'ToolProblem'
}
