/**
 * Asking an agent in the chat.
 *
 * Promise: whoever writes below a result asks the agent that gave it, and whoever names an agent with an `@` asks that
 * one, once a message; below what people wrote nobody is asked unasked. The run belongs to the agent's built-in
 * trigger, and its answer stands in the thread. Whom a message asks is written with it, and owed until each has its
 * run: a server that dies in between leaves it to the next that looks.
 */
import { z } from 'zod'
import * as executions from '#db/queries/executions.ts'
import * as messages from '#db/queries/messages.ts'
import { keyOfReply } from '#db/queries/replies.ts'
import { isUnavailable } from '#db/store.ts'
import type { AgentCatalogue } from '../agents/catalogue.ts'
import { By } from '../contract/by.ts'
import { behindAts, isNamed } from '../contract/mentions.ts'
import { AgentType } from '../contract/trigger.ts'
import { builtInOf } from './built-in.ts'
import type { Deps } from './deps.ts'
import { LEFT_BEHIND_MS } from './left-behind.ts'
import { request } from './requesting.ts'

export interface AskingDeps extends Deps {
  catalogue: Pick<AgentCatalogue, 'list'>
}

/** One message asks at most so many. */
const MOST_ASKED = 3

const Owed = z.object({
  by: By,
  whom: z.array(
    z.object({ agentId: z.string(), agentType: AgentType, name: z.string(), context: z.string().nullable() }),
  ),
})
export type Owed = z.infer<typeof Owed>

/** What a message that is about to be written will owe; null: it asks nobody. */
export async function owedBy(
  deps: AskingDeps,
  message: { workspaceId: number; text: string; rootId: number | null },
  by: By,
): Promise<Owed | null> {
  const whom = await whomItAsks(deps, message)
  return whom.length > 0 ? { by, whom } : null
}

/** Asks those whom a message owes it to. Twice is fine: a message makes one run of an agent. */
export async function askAgents(
  deps: AskingDeps,
  message: { id: number; workspaceId: number },
  { by, whom }: Owed,
): Promise<void> {
  for (const { context, ...agent } of whom) {
    const trigger = await builtInOf(deps, message.workspaceId, agent, by)
    await request(deps, trigger, {
      key: keyOfReply(message.id),
      kind: 'reply',
      requestedBy: by,
      availableAt: deps.clock.now(),
      context,
    })
  }
  await messages.asked(deps.store, message.id)
}

const PAGE = 50
/** Asks what was left: the message is there, and its agents were not asked. Answers how many messages it was. */
export async function askLeftBehind(deps: AskingDeps): Promise<number> {
  const before = new Date(deps.clock.now().getTime() - LEFT_BEHIND_MS)
  let settled = 0
  for (let after = 0; ; ) {
    const page = await messages.stillAsking(deps.store, { before, after, limit: PAGE })
    for (const message of page) {
      const owed = Owed.safeParse(JSON.parse(message.asks ?? 'null'))
      try {
        if (owed.success) await askAgents(deps, message, owed.data)
        else await messages.asked(deps.store, message.id)
        settled++
      } catch (error) {
        if (isUnavailable(error)) throw error
        // Its agent or its workspace is gone: it would be so the next time.
        await messages.asked(deps.store, message.id)
      }
    }
    const last = page.at(-1)
    if (!last || page.length < PAGE) return settled
    after = last.id
  }
}

type Whom = Owed['whom'][number]
async function whomItAsks(
  deps: AskingDeps,
  message: { workspaceId: number; text: string; rootId: number | null },
): Promise<Whom[]> {
  const behind = behindAts(message.text.toLowerCase())
  if (behind.length === 0 && message.rootId === null) return []
  const [agents, root] = await Promise.all([
    deps.catalogue.list(message.workspaceId),
    message.rootId === null ? null : behindResult(deps, message.workspaceId, message.rootId),
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
