/**
 * How the engine finds and runs an agent: handed in by the composition root, so that neither room knows the
 * other's inside.
 */
import type { ClaimedRow } from '#db/queries/claiming.ts'
import type { ReasonCode } from '../contract/execution.ts'
import type { ReadinessCheck } from '../contract/readiness.ts'
import type { AgentResult, AgentWait, Repeatable, SoFar, Task, Worst } from './agent.ts'
import type { AgentRef } from './catalogue.ts'
import type { Scope } from './scope.ts'

/** What a task has only while it runs; the rest of it stands in the claimed row. */
export interface Live
  extends Pick<Task<unknown>, 'signal' | 'say' | 'write' | 'step' | 'has' | 'decided' | 'afford'> {
  scope: Scope
}

export interface AgentPort {
  /** Never throws: what can be expected is a value. */
  perform(claimed: ClaimedRow, context: Record<string, unknown>, live: Live): Promise<Performed>
  /** Whether running it twice for one occurrence does no harm; an agent that is not there does none. */
  safeToRepeat(workspaceId: number, agent: AgentRef): Promise<Repeatable>
  /** What a run with this context (JSON) needs, and whether it is there. */
  checks(workspaceId: number, run: AgentRef & { context: string }, probe: boolean): Promise<ReadinessCheck[]>
  /** The most that a run can use; null of one that asks no model, or is not there. */
  worst(workspaceId: number, agent: AgentRef): Promise<Worst | null>
}

export type Performed =
  | { kind: 'done'; result: AgentResult }
  | { kind: 'waits'; wait: AgentWait }
  /** It failed, or could not even begin: nobody knows it, or its context does not fit. */
  | {
      kind: 'failed'
      error: string
      reasonCode: ReasonCode
      transient: boolean
      /** What it had said and used until then. */
      partial?: SoFar
    }
