/** What an agent looks up in its workspace. Reads only; each answer is a few rows. */
import { and, eq, sql } from 'drizzle-orm'
import type { Message } from '#lib/contract/message.ts'
import { alias, as, orNull, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const e = alias(t.executions, 'e')

export async function document({ q, t: { documents: it } }: Store, workspaceId: number, id: number) {
  const [row] = await q
    .select({ id: it.id, name: it.name, content: it.content, tainted: it.tainted })
    .from(it)
    .where(and(eq(it.id, id), eq(it.workspaceId, workspaceId)))
  return row ?? null
}

const newest = statement({
  values: { workspaceId: 'int', triggerId: 'int?', status: 'text?', limit: 'int' },
  answer: {
    id: e.id,
    triggerId: e.triggerId,
    triggerName: e.triggerName,
    status: e.status,
    startedAt: orNull(e.startedAt),
    reason: e.reason,
    output: e.output,
    tainted: e.tainted,
  },
  text: ({ answer, values: { workspaceId, triggerId, status, limit } }) => sql`
  select ${answer} from ${table(e)} where ${e.workspaceId} = ${workspaceId}
    and (${triggerId} is null or ${e.triggerId} = ${triggerId})
    and (${status} is null or ${e.status} = ${status})
  order by ${e.queuedAt} desc, ${e.id} desc limit ${limit}`,
})
export const executions = (
  store: Store,
  workspaceId: number,
  filter: { triggerId?: number | undefined; status?: string | undefined; limit: number },
) =>
  store.all(
    newest({
      workspaceId,
      triggerId: filter.triggerId ?? null,
      status: filter.status ?? null,
      limit: filter.limit,
    }),
  )

const lastSaid = statement({
  values: { workspaceId: 'int', triggerId: 'int' },
  answer: { output: as('text', e.output), tainted: e.tainted },
  text: ({ answer, values: { workspaceId, triggerId } }) => sql`
  select ${answer} from ${table(e)} where ${e.workspaceId} = ${workspaceId} and ${e.triggerId} = ${triggerId}
    and ${e.status} = 'success' and ${e.output} is not null and not ${e.staged}
  order by ${e.queuedAt} desc, ${e.id} desc limit 1`,
})
/** What a schedule's last success said. */
export async function lastOutput(store: Store, workspaceId: number, triggerId: number) {
  const [row] = await store.all(lastSaid({ workspaceId, triggerId }))
  return row ?? null
}

const lastSaidOf = statement({
  values: { workspaceId: 'int', triggerId: 'int', runs: 'int', characters: 'int' },
  answer: ({ characters }) => ({
    at: as('instant', sql`coalesce(${e.scheduledFor}, ${e.startedAt}, ${e.queuedAt})`),
    text: as('text', sql`substr(${e.output}, 1, cast(${characters} as integer))`),
    tainted: e.tainted,
  }),
  text: ({ answer, values: { workspaceId, triggerId, runs } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.workspaceId} = ${workspaceId} and ${e.triggerId} = ${triggerId}
    and ${e.status} = 'success' and ${e.output} <> '' and not ${e.staged}
  order by ${e.queuedAt} desc, ${e.id} desc limit ${runs}`,
})
/** What a schedule's last successes said, the newest first. */
export const lastOutputs = (
  store: Store,
  workspaceId: number,
  triggerId: number,
  most: { runs: number; characters: number },
) => store.all(lastSaidOf({ workspaceId, triggerId, ...most }))

const taintedAmong = statement({
  rows: 'int',
  answer: { id: e.id },
  text: ({ page, row, answer }) =>
    sql`select ${answer} from ${page} join ${table(e)} on ${e.id} = ${row} and ${e.tainted}`,
})
type Said = Pick<Message, 'kind' | 'executionId' | 'clientId'>
/** Nobody can tell whether it came from outside: its run is gone, or, of what an agent posts, has not ended yet. */
function isDoubtful({ kind, executionId, clientId }: Said): boolean {
  switch (kind) {
    case 'person':
      return false
    case 'result':
      return executionId === null
    case 'notice':
      // Carillon's own have no key by which a repeat is told.
      return clientId !== null
  }
}
/** Whether one of these messages may show text from outside. */
export async function anyTainted(store: Store, messages: Said[]): Promise<boolean> {
  if (messages.some(isDoubtful)) return true
  const rows = messages.flatMap((it) => it.executionId ?? [])
  return rows.length > 0 && (await store.all(taintedAmong({ rows }))).length > 0
}

const trustedAmong = statement({
  rows: 'int',
  answer: { id: e.id },
  text: ({ page, row, answer }) => sql`
  select ${answer} from ${page} join ${table(e)} on ${e.id} = ${row} and not ${e.tainted}
    and ${e.completedAt} is not null`,
})
/** Whether one of these runs has read text from outside, or nobody can tell: it is gone, or has not ended yet. */
export async function mayBeTainted(store: Store, executionIds: number[]): Promise<boolean> {
  const rows = [...new Set(executionIds)]
  return rows.length > 0 && (await store.all(trustedAmong({ rows }))).length < rows.length
}
