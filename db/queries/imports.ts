/**
 * Plans of imports: as they were made, until they are applied or an hour is over.
 *
 * Promise: one is applied once, whoever applies it.
 */
import { sql } from 'drizzle-orm'
import { alias, insert, type RowsOf, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { countEvents, lockWorkspaces, tell } from './story.ts'

const { importPlans } = t
const p = alias(importPlans, 'p')

const keepIt = statement({
  isBookkeeping: true,
  values: {
    id: 'text',
    workspaceId: 'int',
    document: 'text',
    prune: 'flag',
    seen: 'text',
    createdBy: 'text',
    createdAt: 'instant',
    expiresAt: 'instant',
  },
  text: ({ values }) => insert(importPlans, values),
})
type Kept = Parameters<typeof keepIt>[0]
export async function keep(store: Store, plan: Kept): Promise<void> {
  await store.atomically([keepIt(plan)])
}

const found = statement({
  values: { workspaceId: 'int', id: 'text' },
  answer: {
    id: p.id,
    document: p.document,
    prune: p.prune,
    seen: p.seen,
    expiresAt: p.expiresAt,
    appliedAt: p.appliedAt,
  },
  text: ({ answer, values: { workspaceId, id } }) => sql`
  select ${answer} from ${table(p)} where ${p.workspaceId} = ${workspaceId} and ${p.id} = ${id}`,
})
export type PlanRow = RowsOf<typeof found>
export async function get(store: Store, workspaceId: number, id: string): Promise<PlanRow | null> {
  const [row] = await store.all(found({ workspaceId, id }))
  return row ?? null
}

const take = statement({
  values: { workspaceId: 'int', id: 'text', now: 'instant' },
  answer: { id: importPlans.id },
  text: ({ returning, values: { workspaceId, id, now } }) => sql`
  update ${table(importPlans)} ${set(importPlans, { appliedAt: now })}
  where ${importPlans.workspaceId} = ${workspaceId} and ${importPlans.id} = ${id} and ${importPlans.appliedAt} is null
  ${returning}`,
})
export interface Counts {
  created: number
  changed: number
  deleted: number
}
/** Within the transaction that applies it. False where somebody has. */
export async function applied(
  store: Store,
  { workspaceId, id }: { workspaceId: number; id: string },
  now: Date,
): Promise<boolean> {
  const [, taken] = await store.atomically([lockWorkspaces([workspaceId]), take({ workspaceId, id, now })])
  return taken.length > 0
}
export async function tellApplied(
  store: Store,
  workspaceId: number,
  imported: Counts,
  now: Date,
): Promise<void> {
  await store.atomically([
    lockWorkspaces([workspaceId]),
    tell([{ workspaceId, type: 'import:applied', data: { imported } }], now),
    countEvents([workspaceId]),
  ])
}
