/**
 * The agents that a workspace has, by type and id.
 *
 * Promise: a type and an id mean one agent or none in a workspace; each type is one provider's, which nobody
 * else is asked about. What is asked may be looked up: every answer is a promise.
 */
import { z } from 'zod'
import type { Agent } from '../contract/agent.ts'
import { AgentType } from '../contract/trigger.ts'
import { fieldByField, inWords } from '../contract/wording.ts'
import { judgeUrl, type OutboundPolicy } from '../net/judge-url.ts'
import { createFolders } from './reading/folders.ts'
import type { AgentDefinition, ContextProblem, Judging } from './agent.ts'
import { noneYet } from './providers.ts'

/** How a trigger, and each of its runs, names its agent. */
export interface AgentRef {
  agentId: string
  /** Plain SQL may have written any type. */
  agentType: string
}

/** Where the agents of a type come from. */
export interface AgentProvider {
  find(workspaceId: number, agentId: string): Promise<AgentDefinition | null>
  list(workspaceId: number): Promise<readonly AgentDefinition[]>
  /** Why there is none of that id, and which field is to be mended. */
  missing(agentId: string): { path: keyof AgentRef; message: string }
}
export type AgentProviders = Readonly<Record<AgentType, AgentProvider>>

/** What the installation lets agents reach beyond it, and of its own files. */
export interface Reachable extends OutboundPolicy {
  documentFolders?: readonly string[]
}
export type ContextVerdict =
  | { ok: true }
  | { ok: false; errors: { path: string; message: string; conflict?: true }[] }

export interface AgentCatalogue {
  find(workspaceId: number, agent: AgentRef): Promise<AgentDefinition | null>
  list(workspaceId: number): Promise<Agent[]>
  /** The sentence for an agent that is not there; it lists those that are. */
  unknown(workspaceId: number, agent: AgentRef): Promise<string>
  /**
   * Whether the agent exists and can work with the context. Without a policy no private address may be called, and no
   * folder read.
   */
  judge(
    workspaceId: number,
    agent: AgentRef,
    context: Record<string, unknown>,
    policy?: Reachable,
  ): Promise<ContextVerdict>
}

export function createCatalogue(providers: AgentProviders): AgentCatalogue {
  const each = AgentType.options.map((type) => [type, providers[type]] as const)
  const byType = new Map<string, AgentProvider>(each)
  const providerOf = ({ agentType }: AgentRef) => byType.get(agentType) ?? noneYet(agentType)

  const find: AgentCatalogue['find'] = (workspaceId, agent) =>
    providerOf(agent).find(workspaceId, agent.agentId)

  async function missing(workspaceId: number, agent: AgentRef): Promise<ContextProblem> {
    const { path, message } = providerOf(agent).missing(agent.agentId)
    const there = await Promise.all(each.map(([, it]) => it.list(workspaceId)))
    const names = there.flat().flatMap((it) => [it.id, ...(it.aliases ?? [])])
    return { path: [path], message: `${message} Known agents: ${names.join(', ')}.` }
  }

  async function list(workspaceId: number): Promise<Agent[]> {
    const lists = each.map(async ([type, it]) =>
      (await it.list(workspaceId)).map((found) => shown(type, found)),
    )
    return (await Promise.all(lists)).flat()
  }

  async function problems(
    workspaceId: number,
    ref: AgentRef,
    context: Record<string, unknown>,
    policy: Reachable,
  ): Promise<ContextProblem[]> {
    const agent = await find(workspaceId, ref)
    if (!agent) return [await missing(workspaceId, ref)]
    if (agent.unavailable) return [{ path: ['agentId'], message: agent.unavailable, conflict: true }]
    const judging: Judging = {
      url(url) {
        const verdict = judgeUrl(url, policy)
        return verdict.ok ? null : verdict.message
      },
      async folder(folder) {
        const found = await createFolders(policy.documentFolders ?? []).list(folder, 0)
        return 'problem' in found ? found.problem : null
      },
      task: (agentId, inner) => problems(workspaceId, { agentId, agentType: 'system' }, inner, policy),
    }
    return (await problemsOf(agent, context, judging)).map(({ path, message }) => ({
      path: ['context', ...path],
      message,
    }))
  }

  return {
    find,
    list,
    unknown: async (workspaceId, agent) => (await missing(workspaceId, agent)).message,
    async judge(workspaceId, agent, context, policy = { allowedPrivateNetworks: [] }) {
      const errors = (await problems(workspaceId, agent, context, policy)).map(({ path, ...it }) => ({
        path: path.join('.'),
        ...it,
      }))
      return errors.length === 0 ? { ok: true } : { ok: false, errors }
    },
  }
}

async function problemsOf(
  agent: AgentDefinition,
  context: Record<string, unknown>,
  judging: Judging,
): Promise<ContextProblem[]> {
  const parsed = agent.input.safeParse(context, inWords)
  if (!parsed.success) return fieldByField(parsed.error.issues)
  return (await agent.judge?.(parsed.data, judging)) ?? []
}

const shown = (agentType: AgentType, it: AgentDefinition): Agent => ({
  id: it.id,
  aliases: [...(it.aliases ?? [])],
  agentType,
  name: it.name,
  description: it.description,
  safeToRepeat: it.safeToRepeat !== false,
  converses: it.converses ?? false,
  input: it.schema ?? z.toJSONSchema(it.input, { io: 'input' }),
  example: (it.example ?? {}) as Record<string, unknown>,
})
