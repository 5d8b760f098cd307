/** Channels of a workspace, and the rules that say what each is told. */
import { and, asc, eq, getTableColumns, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { alias, as, insert, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { nameBehind, rightsBehind } from './rights.ts'
import { lockWorkspaces } from './story.ts'

export type ChannelRow = Store['t']['channels']['$inferSelect']
export type ChannelValues = Omit<ChannelRow, 'id' | 'createdAt' | 'updatedAt'>
export type RuleRow = Store['t']['deliveryRules']['$inferSelect']
export type RuleValues = Omit<RuleRow, 'id' | 'createdAt' | 'updatedAt'>

/** Whose a channel is: a workspace's, or a person's own. */
export type Owner = number | { person: string }
const ofOwner = (it: Store['t']['channels'], owner: Owner) =>
  typeof owner === 'number' ? eq(it.workspaceId, owner) : eq(it.userId, owner.person)
export const ownerOf = ({ workspaceId, userId }: Pick<ChannelRow, 'workspaceId' | 'userId'>): Owner =>
  userId === null ? (workspaceId ?? 0) : { person: userId }
export const columnsOf = (owner: Owner) =>
  typeof owner === 'number'
    ? { workspaceId: owner, userId: null }
    : { workspaceId: null, userId: owner.person }

export const list = (store: Store, owner: Owner): Promise<ChannelRow[]> =>
  store.q
    .select()
    .from(store.t.channels)
    .where(ofOwner(store.t.channels, owner))
    .orderBy(asc(store.t.channels.id))

export async function get(store: Store, owner: Owner, id: number): Promise<ChannelRow | null> {
  const { channels: it } = store.t
  const [row] = await store.q
    .select()
    .from(it)
    .where(and(ofOwner(it, owner), eq(it.id, id)))
  return row ?? null
}

/** Whether the person of a channel, if it has one, may still see what happens in a workspace. */
export const mayHear = (channel: { userId: SQLWrapper }, workspaceId: SQLWrapper): SQL =>
  sql`(${channel.userId} is null or ${rightsBehind(channel.userId, workspaceId)} is not null)`
/** How it is called where others read along: a person's own is nobody else's to know. */
export const nameForAll = (channel: { userId: SQLWrapper; name: SQLWrapper }): SQL =>
  sql`case when ${channel.userId} is null then ${channel.name}
    else coalesce(${nameBehind(channel.userId)} || '’s own channel', 'a person’s own channel') end`

const c = alias(t.channels, 'c')
const r = alias(t.deliveryRules, 'r')
const { id: channelId, ...ofChannel } = getTableColumns(t.channels)
const putChannel = statement({
  values: { ...ofChannel, most: 'int' },
  answer: { id: channelId, ...ofChannel },
  text: ({ values: { most, ...fields }, returning }) => sql`
  ${insert(t.channels, fields)}
  where ${most} > (select count(*) from ${table(c)}
    where ${c.workspaceId} = ${fields.workspaceId} or ${c.userId} = ${fields.userId}) ${returning}`,
})
const u = alias(t.user, 'u')
const lockPerson = statement({
  values: { userId: 'text' },
  text: ({ values: { userId } }) => sql`update ${table(u)} ${set(u, { id: u.id })} where ${u.id} = ${userId}`,
})
/** Null where its owner has as many as they may. */
export async function add(
  store: Store,
  values: ChannelValues,
  { now, most }: { now: Date; most: number },
): Promise<ChannelRow | null> {
  const at = now.getTime()
  // Two at once would each count without the other.
  const [, [row]] = await store.atomically([
    values.userId === null
      ? lockWorkspaces([values.workspaceId ?? 0])
      : lockPerson({ userId: values.userId }),
    putChannel({ ...values, createdAt: at, updatedAt: at, most }),
  ])
  return row ?? null
}

export async function change(
  store: Store,
  { id, ...owner }: Pick<ChannelRow, 'id' | 'workspaceId' | 'userId'>,
  values: Partial<ChannelValues>,
  now: Date,
): Promise<ChannelRow | null> {
  const { channels: it } = store.t
  const [row] = await store.q
    .update(it)
    .set({ ...values, updatedAt: now.getTime() })
    .where(and(eq(it.id, id), ofOwner(it, ownerOf(owner))))
    .returning()
  return row ?? null
}

export async function remove(store: Store, owner: Owner, id: number): Promise<boolean> {
  const { channels: it } = store.t
  const removed = await store.q
    .delete(it)
    .where(and(ofOwner(it, owner), eq(it.id, id)))
    .returning({ id: it.id })
  return removed.length > 0
}

export const rules = (store: Store, workspaceId: number): Promise<RuleRow[]> =>
  store.q
    .select()
    .from(store.t.deliveryRules)
    .where(eq(store.t.deliveryRules.workspaceId, workspaceId))
    .orderBy(asc(store.t.deliveryRules.id))

/** The rules that tell a person's own channels something, of every workspace. */
export const rulesFor = async (store: Store, userId: string): Promise<RuleRow[]> => {
  const { channels: of, deliveryRules: it } = store.t
  const rows = await store.q
    .select({ rule: it })
    .from(it)
    .innerJoin(of, eq(of.id, it.channelId))
    .where(eq(of.userId, userId))
  return rows.map(({ rule }) => rule)
}

const namedIn = statement({
  values: { workspaceId: 'int' },
  answer: {
    id: c.id,
    kind: c.kind,
    enabled: c.enabled,
    name: as('text', nameForAll(c)),
    userId: as('text', c.userId),
    owner: as('text?', nameBehind(c.userId)),
  },
  text: ({ answer, values: { workspaceId } }) => sql`
  select ${answer} from ${table(c)} where ${c.userId} is not null and ${c.id} in (
    select ${r.channelId} from ${table(r)} where ${r.workspaceId} = ${workspaceId})`,
})
/** People's own channels that rules of a workspace name. */
export const ownNamedIn = (store: Store, workspaceId: number) => store.all(namedIn({ workspaceId }))

const heardBy = statement({
  values: { channelId: 'int', workspaceId: 'int' },
  answer: { id: c.id },
  text: ({ answer, values: { channelId, workspaceId } }) => sql`
  select ${answer} from ${table(c)} where ${c.id} = ${channelId}
    and (${c.workspaceId} = ${workspaceId} or (${c.userId} is not null and ${mayHear(c, workspaceId)}))`,
})
export type Hearing = { channel: ChannelRow } | { why: string }
/** The channel that a message of a workspace goes to, where it may. */
export async function hearing(store: Store, workspaceId: number, id: number): Promise<Hearing> {
  const { channels: it } = store.t
  const [row] = await store.q.select().from(it).where(eq(it.id, id))
  if (!row) return { why: 'The channel was deleted.' }
  const [may] = await store.all(heardBy({ channelId: id, workspaceId }))
  return may ? { channel: row } : { why: MAY_NOT_HEAR }
}
export const MAY_NOT_HEAR = 'The person whose channel it is has no part in this workspace any more.'

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
