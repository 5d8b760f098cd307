/** What people give an agent to work with: sealed where it is confidential, then judged as the agent would get it. */
import type { AgentRef } from '../agents/catalogue.ts'
import { ProblemError, unacceptable } from '../contract/problem.ts'
import type { FieldError } from '../triggers/index.ts'
import type { Deps } from './deps.ts'

type Context = Record<string, unknown>

/** `conflict`: nothing is wrong with what was sent, as things stand it cannot be had. */
export interface ContextFault extends FieldError {
  conflict?: true
}
export function refusalOf(faults: readonly ContextFault[]): ProblemError {
  const conflict = faults.find((it) => it.conflict)
  return conflict ? new ProblemError(409, conflict.message) : unacceptable([...faults])
}

/**
 * As it is kept, with what is wrong with it. `before`: what was kept until now, for masks.
 * @throws ProblemError 422 for a mask or a secret that stands for nothing
 */
export async function judgedContext(
  { sealing, judgeAgent }: Pick<Deps, 'sealing' | 'judgeAgent'>,
  workspaceId: number,
  { agentId, agentType }: AgentRef,
  { given, before = {} }: { given: Context; before?: Context },
): Promise<{ kept: Context; faults: ContextFault[] }> {
  const agent = { agentId, agentType }
  const kept = await sealing.seal(workspaceId, agent, given, before)
  return { kept, faults: await judgeAgent(workspaceId, agent, await sealing.open(workspaceId, agent, kept)) }
}
