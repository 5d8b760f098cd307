/**
 * Schedules that were put forward.
 *
 * Promise: one is confirmed at most once, in the transaction that makes its schedule (`triggers.create`); one that an
 * agent makes under a key is made once; one that is put away is kept, so that it is made once still.
 */
import { lt, type SQL, sql } from 'drizzle-orm'
import { alias, as, insert, type RowsOf, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { countEvents, lockWorkspaces } from './story.ts'

const { proposals } = t
const o = alias(proposals, 'o')
const w = alias(t.workspaces, 'w')

const shown = {
  id: o.id,
  workspaceId: o.workspaceId,
  text: o.text,
  source: o.source,
  trigger: o.trigger,
  notes: o.notes,
  createdBy: o.createdBy,
  createdByName: o.createdByName,
  executionId: o.executionId,
  createdAt: o.createdAt,
  expiresAt: o.expiresAt,
  confirmedBy: o.confirmedBy,
  confirmedByName: o.confirmedByName,
  confirmedAt: o.confirmedAt,
  triggerId: o.triggerId,
}

const put = statement({
  values: {
    workspaceId: proposals.workspaceId,
    text: proposals.text,
    source: proposals.source,
    trigger: 'text',
    notes: 'text',
    createdBy: proposals.createdBy,
    createdByName: proposals.createdByName,
    executionId: 'int?',
    key: 'text?',
    createdAt: 'instant',
    expiresAt: 'instant',
  },
  text: ({ values }) => sql`${insert(proposals, values)} where true on conflict do nothing`,
})
/** Under the workspace's lock, the newest is the one just made, where its key says so or it has none. */
const newest = (workspaceId: SQL) =>
  sql`(select max(${proposals.id}) from ${table(proposals)} where ${proposals.workspaceId} = ${workspaceId})`
const tellMade = statement({
  values: { workspaceId: 'int', key: 'text?', now: 'instant' },
  text: ({ values: { workspaceId, key, now } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: sql`${w.lastSeq} + 1`,
    at: now,
    type: sql`'proposal:created'`,
    data: sql`'{"proposalId":' || ${o.id} || '}'`,
  })}
  from ${table(w)} join ${table(o)} on ${o.workspaceId} = ${w.id} and ${o.id} = ${newest(workspaceId)}
  where ${w.id} = ${workspaceId} and ${o.key} is not distinct from ${key} and ${o.createdAt} = ${now}`,
})
const made = statement({
  values: { workspaceId: 'int', key: 'text?' },
  answer: shown,
  text: ({ answer, values: { workspaceId, key } }) => sql`
  select ${answer} from ${table(o)}
  where ${o.workspaceId} = ${workspaceId} and ${o.key} is not distinct from ${key}
  order by ${o.id} desc limit 1`,
})
export type ProposalRow = RowsOf<typeof made>
export type NewProposalRow = Pick<
  ProposalRow,
  'workspaceId' | 'text' | 'source' | 'trigger' | 'notes' | 'createdBy' | 'createdByName' | 'executionId'
> & { key: string | null; createdAt: Date; expiresAt: Date }

/** One that was made under the key before is answered, and not made again. */
export async function add(store: Store, it: NewProposalRow): Promise<ProposalRow> {
  const { workspaceId, key, createdAt } = it
  const [known] = key === null ? [] : await store.all(made({ workspaceId, key }))
  if (known) return known
  const [, , , , [row]] = await store.atomically([
    lockWorkspaces([workspaceId]),
    put(it),
    tellMade({ workspaceId, key, now: createdAt }),
    countEvents([workspaceId]),
    made({ workspaceId, key }),
  ])
  if (!row) throw new Error('A proposal that was just made is not there.')
  return row
}

const one = statement({
  values: { workspaceId: 'int', id: 'int' },
  answer: shown,
  text: ({ answer, values: { workspaceId, id } }) => sql`
  select ${answer} from ${table(o)} where ${o.workspaceId} = ${workspaceId} and ${o.id} = ${id}`,
})
export async function get(store: Store, workspaceId: number, id: number): Promise<ProposalRow | null> {
  const [row] = await store.all(one({ workspaceId, id }))
  return row ?? null
}

const waiting = statement({
  values: { workspaceId: 'int', now: 'instant', limit: 'int' },
  answer: { ...shown, total: as('int', sql`count(*) over ()`) },
  text: ({ answer, values: { workspaceId, now, limit } }) => sql`
  select ${answer} from ${table(o)}
  where ${o.workspaceId} = ${workspaceId} and ${o.confirmedAt} is null and ${o.expiresAt} > ${now}
    and ${o.executionId} is not null
  order by ${o.expiresAt}, ${o.id} limit ${limit}`,
})
/** What agents have put forward and nobody has decided about, the most pressing first; `total` counts all of it. */
export const ofAgents = (store: Store, it: { workspaceId: number; now: Date; limit: number }) =>
  store.all(waiting(it))

const closing = { workspaceId: 'int', id: 'int', now: 'instant' } as const
const tellDismissed = statement({
  values: closing,
  text: ({ values: { workspaceId, id, now } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: sql`${w.lastSeq} + 1`,
    at: now,
    type: sql`'proposal:dismissed'`,
    data: sql`'{"proposalId":' || ${o.id} || '}'`,
  })}
  from ${table(w)} join ${table(o)} on ${o.workspaceId} = ${w.id} and ${o.id} = ${id}
  where ${w.id} = ${workspaceId} and ${o.confirmedAt} is null and ${o.expiresAt} > ${now}`,
})
const close = statement({
  values: closing,
  text: ({ values: { workspaceId, id, now } }) => sql`
  update ${table(proposals)} ${set(proposals, { expiresAt: now })}
  where ${proposals.workspaceId} = ${workspaceId} and ${proposals.id} = ${id}
    and ${proposals.confirmedAt} is null and ${proposals.expiresAt} > ${now}`,
})
/** From now on it cannot be confirmed. Nothing happens to one that is confirmed, or could not be any more. */
export async function dismiss(
  store: Store,
  it: { workspaceId: number; id: number; now: Date },
): Promise<void> {
  const { workspaceId } = it
  await store.atomically([
    lockWorkspaces([workspaceId]),
    tellDismissed(it),
    countEvents([workspaceId]),
    close(it),
  ])
}

/** Those that could not be confirmed any more at that time. */
export async function forget({ q, t: { proposals: it } }: Store, before: Date): Promise<void> {
  await q.delete(it).where(lt(it.expiresAt, before.getTime()))
}
