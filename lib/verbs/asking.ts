/**
 * Asking an agent in the chat.
 *
 * Promise: whoever writes below a result asks the agent that gave it, and whoever names an agent with an `@` asks that
 * one, once a message; below what people wrote nobody is asked unasked. The run belongs to the agent's built-in
 * trigger, and its answer stands in the thread.
 */
import * as executions from '#db/queries/executions.ts'
import * as messages from '#db/queries/messages.ts'
import { keyOfReply } from '#db/queries/replies.ts'
import type { AgentCatalogue } from '../agents/catalogue.ts'
import type { By } from '../contract/by.ts'
import type { Message } from '../contract/message.ts'
import { AgentType } from '../contract/trigger.ts'
import { builtInOf } from './built-in.ts'
import type { Deps } from './deps.ts'
import { behindAts, isNamed } from './mentions.ts'
import { request } from './requesting.ts'

export interface AskingDeps extends Deps {
  catalogue: Pick<AgentCatalogue, 'list'>
}

/** One message asks at most so many. */
const MOST_ASKED = 3

interface Whom {
  agentId: string
  agentType: AgentType
  name: string
  /** JSON, as it is kept. */
  context: string | null
}

export async function askAgents(deps: AskingDeps, message: Message, by: By): Promise<void> {
  for (const { context, ...agent } of await whomItAsks(deps, message)) {
    const trigger = await builtInOf(deps, message.workspaceId, agent, by)
    await request(deps, trigger, {
      key: keyOfReply(message.id),
      kind: 'reply',
      requestedBy: by,
      availableAt: deps.clock.now(),
      context,
    })
  }
}

async function whomItAsks(deps: AskingDeps, message: Message): Promise<Whom[]> {
  const behind = behindAts(message.text.toLowerCase())
  if (behind.length === 0 && message.threadId === null) return []
  const [agents, root] = await Promise.all([
    deps.catalogue.list(message.workspaceId),
    message.threadId === null ? null : behindResult(deps, message.workspaceId, message.threadId),
  ])
  const named = agents.filter((it) => [it.id, it.name].some((name) => isNamed(behind, name)))
  if (named.length > 0)
    return named.slice(0, MOST_ASKED).map(({ id, agentType, name }) => ({
      ...{ agentId: id, agentType, name },
      context: root?.agentId === id ? root.context : null,
    }))
  if (!root) return []
  const name = agents.find((it) => it.id === root.agentId || it.aliases.includes(root.agentId))?.name
  return [{ ...root, name: name ?? root.agentId }]
}

/** The agent whose result begins the thread, with what it ran with. */
async function behindResult(
  { store }: Deps,
  workspaceId: number,
  rootId: number,
): Promise<Omit<Whom, 'name'> | null> {
  const root = await messages.get(store, workspaceId, rootId)
  if (root?.kind !== 'result' || root.executionId === null) return null
  const run = await executions.find(store, workspaceId, root.executionId)
  if (!run) return null
  const config = run.config === null ? {} : (JSON.parse(run.config) as Record<string, unknown>)
  const agentType = AgentType.safeParse(config.agentType)
  return {
    agentId: run.agentId,
    agentType: agentType.success ? agentType.data : 'system',
    context: run.context ?? (typeof config.context === 'string' ? config.context : null),
  }
}
