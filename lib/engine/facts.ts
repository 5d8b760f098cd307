/**
 * The rows of the story as facts that triggers know. Pure.
 *
 * Promise: each number of the story is at most one fact; what nobody can wait for (progress, cards of the chat) is
 * none.
 */
import type { FactRow } from '#db/queries/facts.ts'
import { type Actor, type Chain, type TriggerEvent, UNCAUSED } from '../contract/trigger-event.ts'

const MOST_TEXT = 4096
const MOST_MAIL = 20 * 1024
const SYSTEM: Actor = { kind: 'system', id: null, name: 'Carillon' }

/** The facts that a row stands for, in order. */
export function factsIn(row: FactRow): TriggerEvent[] {
  const types = [...(row.precededBy?.split(',') ?? []), row.type]
  return types.flatMap((type, n) => {
    const seq = row.seq - types.length + 1 + n
    const fact = factOf(row, type)
    return fact ? [{ id: seq, chain: chainOf(row), ...fact }] : []
  })
}

/** What an execution caused is one deeper than it. */
function chainOf({ executionId, chainRootId, chainDepth }: FactRow): Chain {
  if (executionId === null) return UNCAUSED
  return { rootId: chainRootId ?? executionId, causeId: executionId, depth: (chainDepth ?? 0) + 1 }
}

type Fact = Omit<TriggerEvent, 'id' | 'chain'>
const OF_RUNS: Readonly<Record<string, (row: FactRow) => string>> = {
  'schedule:completed': () => 'execution.completed',
  'schedule:failed': ({ status }) => (status === 'cancelled' ? 'execution.cancelled' : 'execution.failed'),
  'schedule:skipped': ({ status }) => (status === 'cancelled' ? 'execution.cancelled' : 'execution.skipped'),
  'schedule:missed': () => 'execution.missed',
  'execution:waiting': () => 'execution.waiting',
}

function factOf(row: FactRow, type: string): Fact | null {
  const at = { occurredAt: new Date(row.at).toISOString(), sourceId: null }
  if (type === 'event:recorded' || type.startsWith('expectation:')) return recordedFact(row)
  // What would have been done is no fact.
  if (row.staged) return null
  const ofRun = OF_RUNS[type]
  if (ofRun && row.executionId !== null)
    return {
      ...at,
      type: ofRun(row),
      actor: { kind: 'agent', id: row.agentId, name: row.triggerName ?? '' },
      data: runOf(row),
    }
  if (type === 'chat:message' && row.messageKind === 'person') return { ...at, ...messageOf(row) }
  if (type.startsWith('approval:')) return { ...at, ...approvalOf(row, type) }
  if (type.startsWith('budget:') || type === 'delivery:failed')
    return { ...at, type: type.replace(':', '.'), actor: SYSTEM, data: shortened(objectIn(row.data)) }
  if (type === 'schedule:disabled' || row.factType !== null)
    return { ...at, type: row.factType ?? 'schedule.disabled', actor: SYSTEM, data: scheduleOf(row) }
  return null
}

/** What plain SQL wrote may be anything. */
function objectIn(json: string | null): Record<string, unknown> {
  try {
    const it: unknown = JSON.parse(json ?? '{}')
    return typeof it === 'object' && it !== null ? (it as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function recordedFact({ factType, fact, at }: FactRow): Fact | null {
  if (factType === null || fact === null) return null
  const { occurredAt, actor, sourceId, data } = objectIn(fact) as Partial<Fact>
  return {
    type: factType,
    occurredAt: occurredAt ?? new Date(at).toISOString(),
    actor: actor ?? SYSTEM,
    sourceId: sourceId ?? null,
    data: shortened(data ?? {}, factType === 'email.received' ? MOST_MAIL : MOST_TEXT),
  }
}

function runOf(row: FactRow): Record<string, unknown> {
  return shortened({
    executionId: row.executionId,
    triggerId: row.triggerId,
    triggerName: row.triggerName,
    agentId: row.agentId,
    kind: row.kind,
    status: row.status,
    reason: row.reason,
    reasonCode: row.reasonCode,
    output: row.output,
    error: row.error,
    durationMs: row.durationMs,
    tokensUsed: row.tokensUsed ?? 0,
    cost: row.cost ?? 0,
    ...(row.missedCount !== null && { missedCount: row.missedCount }),
  })
}

function messageOf({ messageId, messageText, threadId, userId, authorName }: FactRow) {
  const text = messageText ?? ''
  return {
    type: 'message.posted',
    actor: { kind: 'person', id: userId, name: authorName ?? '' } as const,
    data: { messageId, text: cut(text, MOST_TEXT), threadId, truncated: text.length > MOST_TEXT },
  }
}

function approvalOf(row: FactRow, type: string) {
  const { approvalId, triggerId, executionId, decidedBy, decidedName } = row
  return {
    type: type.replace(':', '.'),
    actor:
      decidedBy === null ? SYSTEM : ({ kind: 'person', id: decidedBy, name: decidedName ?? '' } as const),
    data: shortened({
      approvalId,
      triggerId,
      executionId,
      summary: row.approvalSummary,
      status: row.approvalStatus,
    }),
  }
}

const scheduleOf = ({ triggerId, triggerName, triggerReason }: FactRow) => ({
  triggerId,
  triggerName,
  reason: triggerReason,
})

const cut = (text: string, most: number) => text.slice(0, most).toWellFormed()
/** Long texts are cut, and that is said. */
function shortened(data: Record<string, unknown>, most = MOST_TEXT): Record<string, unknown> {
  const long = Object.entries(data).filter(([, it]) => typeof it === 'string' && it.length > most)
  if (long.length === 0) return data
  return {
    ...data,
    ...Object.fromEntries(long.map(([key, it]) => [key, cut(it as string, most)])),
    truncated: true,
  }
}
