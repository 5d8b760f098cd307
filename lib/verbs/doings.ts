/** What an agent changes in its workspace for people to see: done as people do it, in the agent's or their name. */
import { createHash } from 'node:crypto'
import * as documents from '#db/queries/documents.ts'
import * as messages from '#db/queries/messages.ts'
import type { Doings, Keeping } from '../agents/reach.ts'
import { ToolProblem } from '../agents/tools/tool.ts'
import { ProblemError } from '../contract/problem.ts'
import type { Deps } from './deps.ts'
import * as proposals from './proposals.ts'
import { requireRoom } from './quotas.ts'
import * as triggers from './triggers.ts'

/** `executionId`: the run that does it. */
export function doingsOf(
  deps: proposals.ProposalDeps,
  workspaceId: number,
  executionId: number | null = null,
): Doings {
  const { store, clock, hint } = deps
  return {
    async postMessage({ text, key, author, triggerId }) {
      const from = { workspaceId, kind: 'notice', author: { id: null, name: author }, clientId: key } as const
      const { id } = await messages.post(store, { ...from, text, triggerId }, clock.now())
      hint([workspaceId])
      return { messageId: id }
    },
    writeDocument: ({ name, content, tainted, by }) =>
      told(async () => {
        await requireRoom(store, workspaceId, { documents: 1, documentBytes: Buffer.byteLength(content) })
        const it = {
          ...documents.plain(name, content, { kind: 'agent', ref: by.replace(/^agent:/, '') }),
          tainted,
        }
        const kept = await documents.put(store, workspaceId, it, agentBy(by, executionId), clock.now())
        hint([workspaceId])
        return { documentId: kept.id }
      }),
    keepDocument: (it) => told(() => keep(deps, workspaceId, it, executionId)),
    pauseSchedule: ({ triggerId, reason, agent }) =>
      told(async () => {
        const by = { kind: 'system', id: `agent:${agent.id}`, name: agent.name } as const
        const { name } = await triggers.toggle(deps, workspaceId, triggerId, { enabled: false, reason }, by)
        return { paused: name }
      }),
    proposeSchedule: ({ schedule, agent, key }) =>
      told(async () => {
        const by = { kind: 'system', id: `agent:${agent.id}`, name: agent.name } as const
        const made = { trigger: schedule, source: 'model', text: schedule.name, notes: [], by, key } as const
        const it = await proposals.keep(deps, workspaceId, {
          ...made,
          notes: [],
          ...(executionId !== null && { executionId }),
        })
        await messages.post(store, proposals.saidInChat(it, { workspaceId, key, agent }), clock.now())
        hint([workspaceId])
        return { proposalId: it.id, humanReadable: it.humanReadable, next: it.next, expiresAt: it.expiresAt }
      }),
  }
}

const agentBy = (by: string, executionId: number | null) => ({
  kind: 'agent' as const,
  id: by,
  name: by.replace(/^agent:/, ''),
  executionId,
})

async function keep(
  { store, clock, hint }: Deps,
  workspaceId: number,
  it: Keeping,
  executionId: number | null,
): Promise<void> {
  const { name, text, mediaType, original, from, tainted, by } = it
  const content = documents.plain(name, text, { kind: 'agent', ref: from })
  const bytes = original ?? Buffer.from(text)
  await requireRoom(store, workspaceId, { documents: 1, documentBytes: bytes.length })
  const kept = {
    ...{ ...content, mediaType, tainted, original, bytes: bytes.length },
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
  await documents.putFrom(store, workspaceId, kept, agentBy(by, executionId), clock.now())
  hint([workspaceId])
}

/** What a person could mend, the model hears. */
async function told<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const { errors = [], detail } = error.problem
    throw new ToolProblem([detail, ...errors.map((it) => `${it.path} ${it.message}`)].join(' '))
  }
}
