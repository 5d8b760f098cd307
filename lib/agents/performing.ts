/**
 * Runs an agent by its id: finds it, judges the context, performs.
 *
 * Promise: what can be expected (no such agent, a bad context, a failure) comes back as a value with the sentence for the person who must act.
 */
import type { ClaimedRow } from '#db/queries/claiming.ts'
import { type AgentDefinition, AgentFailure, type AgentTools, type Task } from './agent.ts'
import type { AgentPort, Performed } from './port.ts'

interface Registry {
  find(agentId: string, agentType?: string): AgentDefinition | null
  /** The sentence for an id that is not there; it lists those that are. */
  unknown(agentId: string, agentType?: string): string
}

const issuesInWords = (issues: { path: PropertyKey[]; message: string }[]) =>
  issues.map((it) => `${['context', ...it.path].join('.')}: ${it.message}`).join('; ')

export function createAgentPort(registry: Registry, tools: Omit<AgentTools, 'perform'>): AgentPort {
  async function perform(
    [agentId, agentType]: [id: string, type: string],
    context: Record<string, unknown>,
    task: Omit<Task<unknown>, 'input' | 'tools'>,
  ): Promise<Performed> {
    const agent = registry.find(agentId, agentType)
    if (!agent)
      return {
        kind: 'failed',
        error: registry.unknown(agentId, agentType),
        reasonCode: 'unknown_agent',
        transient: false,
      }
    const input = agent.input.safeParse(context)
    if (!input.success)
      return {
        kind: 'failed',
        error: `The context does not fit the agent "${agent.id}": ${issuesInWords(input.error.issues)}.`,
        reasonCode: 'bad_input',
        transient: false,
      }
    try {
      const inner: AgentTools['perform'] = async (id, innerContext, signal) => {
        const performed = await perform([id, 'system'], innerContext, { ...task, signal })
        if (performed.kind === 'done') return performed.result
        throw new AgentFailure(performed.error, { transient: performed.transient })
      }
      return {
        kind: 'done',
        result: await agent.perform({ ...task, input: input.data, tools: { ...tools, perform: inner } }),
      }
    } catch (error) {
      if (error instanceof AgentFailure)
        return { kind: 'failed', error: error.message, reasonCode: 'agent_error', transient: error.transient }
      return {
        kind: 'failed',
        error: error instanceof Error && error.message ? error.message : String(error),
        reasonCode: 'agent_error',
        transient: false,
      }
    }
  }

  return {
    safeToRepeat: (agentId) => registry.find(agentId)?.safeToRepeat ?? false,
    perform: (claimed, context, live) =>
      perform([claimed.agentId, claimed.agentType], context, {
        workspace: workspaceOf(claimed),
        execution: executionOf(claimed),
        ...live,
      }),
  }
}

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
  isCatchup: Boolean(it.isCatchup),
  startedAt: new Date(it.startedAt),
  scheduledFor: it.scheduledFor === null ? null : new Date(it.scheduledFor),
  lastRunAt: it.lastRunAt === null ? null : new Date(it.lastRunAt),
})
