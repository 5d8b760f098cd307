/**
 * The agents there are, by id and by alias.
 *
 * Promise: an id means one agent or none; a list in which two agents
 * share an id or an alias is refused when the program starts.
 */
import { z } from 'zod'
import type { Agent } from '../contract/agent.ts'
import { judgeUrl, type OutboundPolicy } from '../net/judge-url.ts'
import type { AgentDefinition, ContextProblem } from './agent.ts'

export type ContextVerdict = { ok: true } | { ok: false; errors: { path: string; message: string }[] }

export function createRegistry(agents: readonly AgentDefinition[]) {
  const byName = new Map<string, AgentDefinition>()
  for (const it of agents) {
    for (const name of [it.id, ...(it.aliases ?? [])]) {
      if (byName.has(name))
        throw new Error(`Two agents are called "${name}": "${byName.get(name)?.id}" and "${it.id}".`)
      byName.set(name, it)
    }
  }
  const known = [...byName.keys()].join(', ')

  function find(agentId: string, agentType = 'system'): AgentDefinition | null {
    return agentType === 'system' ? (byName.get(agentId) ?? null) : null
  }

  /** The sentence for an agent that is not there; it lists those that are. */
  function unknown(agentId: string, agentType = 'system'): string {
    if (agentType === 'system') return `Unknown agent "${agentId}". Known agents: ${known}.`
    return (
      `This version runs system agents only, so the ${agentType} agent "${agentId}" cannot run. ` +
      `Known agents: ${known}.`
    )
  }

  function problems(
    it: AgentDefinition,
    context: Record<string, unknown>,
    policy: OutboundPolicy,
  ): ContextProblem[] {
    const parsed = it.input.safeParse(context)
    if (!parsed.success) return parsed.error.issues
    return (
      it.judge?.(parsed.data, {
        url(url) {
          const verdict = judgeUrl(url, policy)
          return verdict.ok ? null : verdict.message
        },
        task(agentId, inner) {
          const other = find(agentId)
          return other
            ? problems(other, inner, policy).map(({ path, message }) => ({
                path: ['context', ...path],
                message,
              }))
            : [{ path: ['agentId'], message: unknown(agentId) }]
        },
      }) ?? []
    )
  }

  /**
   * Whether the agent exists and can work with the context.
   * Without a policy no private address may be called.
   */
  function judge(
    agentId: string,
    agentType: string,
    context: Record<string, unknown>,
    policy: OutboundPolicy = { allowedPrivateNetworks: [] },
  ): ContextVerdict {
    const it = find(agentId, agentType)
    if (!it)
      return {
        ok: false,
        errors: [
          { path: agentType === 'system' ? 'agentId' : 'agentType', message: unknown(agentId, agentType) },
        ],
      }
    const errors = problems(it, context, policy).map(({ path, message }) => ({
      path: ['context', ...path].join('.'),
      message,
    }))
    return errors.length === 0 ? { ok: true } : { ok: false, errors }
  }

  function list(): Agent[] {
    return agents.map((it) => ({
      id: it.id,
      aliases: [...(it.aliases ?? [])],
      agentType: 'system',
      name: it.name,
      description: it.description,
      safeToRepeat: it.safeToRepeat,
      input: z.toJSONSchema(it.input, { io: 'input' }),
      example: (it.example ?? {}) as Record<string, unknown>,
    }))
  }

  return { find, unknown, judge, list }
}
