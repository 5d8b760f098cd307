/** Channels of a workspace, and the rules that say what each is told. */
import { and, asc, eq, getTableColumns, sql } from 'drizzle-orm'
import { alias, insert, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { lockWorkspaces } from './story.ts'

export type ChannelRow = Store['t']['channels']['$inferSelect']
export type ChannelValues = Omit<ChannelRow, 'id' | 'createdAt' | 'updatedAt'>
export type RuleRow = Store['t']['deliveryRules']['$inferSelect']
export type RuleValues = Omit<RuleRow, 'id' | 'createdAt' | 'updatedAt'>

export const list = (store: Store, workspaceId: number): Promise<ChannelRow[]> =>
  store.q
    .select()
    .from(store.t.channels)
    .where(eq(store.t.channels.workspaceId, workspaceId))
    .orderBy(asc(store.t.channels.id))

export async function get(store: Store, workspaceId: number, id: number): Promise<ChannelRow | null> {
  const { channels: it } = store.t
  const [row] = await store.q
    .select()
    .from(it)
    .where(and(eq(it.workspaceId, workspaceId), eq(it.id, id)))
  return row ?? null
}

const c = alias(t.channels, 'c')
const r = alias(t.deliveryRules, 'r')
const { id: channelId, ...ofChannel } = getTableColumns(t.channels)
const putChannel = statement({
  values: { ...ofChannel, most: 'int' },
  answer: { id: channelId, ...ofChannel },
  text: ({ values: { most, ...fields }, returning }) => sql`
  ${insert(t.channels, fields)}
  where ${most} > (select count(*) from ${table(c)} where ${c.workspaceId} = ${fields.workspaceId}) ${returning}`,
})
/** Null where the workspace has as many as it may. */
export async function add(
  store: Store,
  values: ChannelValues,
  { now, most }: { now: Date; most: number },
): Promise<ChannelRow | null> {
  const at = now.getTime()
  // Two at once would each count without the other.
  const [, [row]] = await store.atomically([
    lockWorkspaces([values.workspaceId]),
    putChannel({ ...values, createdAt: at, updatedAt: at, most }),
  ])
  return row ?? null
}

export async function change(
  store: Store,
  { id, workspaceId }: Pick<ChannelRow, 'id' | 'workspaceId'>,
  values: Partial<ChannelValues>,
  now: Date,
): Promise<ChannelRow | null> {
  const { channels: it } = store.t
  const [row] = await store.q
    .update(it)
    .set({ ...values, updatedAt: now.getTime() })
    .where(and(eq(it.id, id), eq(it.workspaceId, workspaceId)))
    .returning()
  return row ?? null
}

export async function remove(store: Store, workspaceId: number, id: number): Promise<boolean> {
  const { channels: it } = store.t
  const removed = await store.q
    .delete(it)
    .where(and(eq(it.workspaceId, workspaceId), eq(it.id, id)))
    .returning({ id: it.id })
  return removed.length > 0
}

export const rules = (store: Store, workspaceId: number): Promise<RuleRow[]> =>
  store.q
    .select()
    .from(store.t.deliveryRules)
    .where(eq(store.t.deliveryRules.workspaceId, workspaceId))
    .orderBy(asc(store.t.deliveryRules.id))

const { id: ruleId, ...ofRule } = getTableColumns(t.deliveryRules)
const putRule = statement({
  values: { ...ofRule, most: 'int' },
  answer: { id: ruleId, ...ofRule },
  text: ({ values: { most, ...fields }, returning }) => sql`
  ${insert(t.deliveryRules, fields)}
  where ${most} > (select count(*) from ${table(r)} where ${r.workspaceId} = ${fields.workspaceId}) ${returning}`,
})
/** Null where the workspace has as many as it may. */
export async function addRule(
  store: Store,
  values: RuleValues,
  { now, most }: { now: Date; most: number },
): Promise<RuleRow | null> {
  const at = now.getTime()
  const [, [row]] = await store.atomically([
    lockWorkspaces([values.workspaceId]),
    putRule({ ...values, createdAt: at, updatedAt: at, most }),
  ])
  return row ?? null
}

export async function changeRule(
  store: Store,
  { id, workspaceId }: Pick<RuleRow, 'id' | 'workspaceId'>,
  values: Partial<RuleValues>,
  now: Date,
): Promise<RuleRow | null> {
  const { deliveryRules: it } = store.t
  const [row] = await store.q
    .update(it)
    .set({ ...values, updatedAt: now.getTime() })
    .where(and(eq(it.id, id), eq(it.workspaceId, workspaceId)))
    .returning()
  return row ?? null
}

export async function removeRule(store: Store, workspaceId: number, id: number): Promise<boolean> {
  const { deliveryRules: it } = store.t
  const removed = await store.q
    .delete(it)
    .where(and(eq(it.workspaceId, workspaceId), eq(it.id, id)))
    .returning({ id: it.id })
  return removed.length > 0
}
