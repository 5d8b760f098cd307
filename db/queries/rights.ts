/**
 * What whoever made something may do today.
 *
 * Promise: what a person made (a key, an invitation, a schedule), by hand or through keys, carries no more rights
 * than that person has now, and none while the account is disabled. What the machine's own administrator made is
 * bound to nobody.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { alias, as, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const u = alias(t.user, 'maker')
const m = alias(t.members, 'made_as')
const k = alias(t.apiKeys, 'key_of')

/** Keys make keys; the chain is never long, and never endless. */
const LONGEST_CHAIN = 20

/** The keys that `createdBy` names and stands on, the nearest first. */
const keysBehind = (createdBy: SQLWrapper): SQL => sql`
  with recursive up(maker, revoked_at, expires_at, depth) as (
    select ${k.createdBy}, ${k.revokedAt}, ${k.expiresAt}, 0 from ${table(k)} where 'key:' || ${k.id} = ${createdBy}
    union all
    select ${k.createdBy}, ${k.revokedAt}, ${k.expiresAt}, up.depth + 1
    from up join ${table(k)} on 'key:' || ${k.id} = up.maker
    where up.depth < ${sql.raw(String(LONGEST_CHAIN))})`

/** Whether a key that it was made by, near or far, was revoked or has expired. */
export const hasEnded = (createdBy: SQLWrapper, now: SQLWrapper): SQL => sql`exists (
  ${keysBehind(createdBy)} select 1 from up where up.revoked_at is not null or up.expires_at <= ${now})`

/**
 * The id of the person behind `createdBy`, which is a person's or a key's; null where it is nobody: a key that was
 * made at the machine.
 */
export const personBehind = (createdBy: SQLWrapper): SQL => sql`case when ${createdBy} like 'key:%' then (
    ${keysBehind(createdBy)} select up.maker from up where up.maker is null or up.maker not like 'key:%' limit 1)
  else ${createdBy} end`

/**
 * What that person may do in a workspace today, as a role: `admin` for who administers the installation; `''` for
 * nobody's work, which nothing bounds; null for a person who may do nothing there any more.
 */
export const rightsBehind = (createdBy: SQLWrapper, workspaceId: SQLWrapper): SQL => sql`(
  select case
    when who.id is null then ''
    when exists (select 1 from ${table(u)} where ${u.id} = who.id and ${u.disabled}) then null
    when exists (select 1 from ${table(u)} where ${u.id} = who.id and ${u.installationAdmin}) then 'admin'
    else (select ${m.role} from ${table(m)} where ${m.userId} = who.id and ${m.workspaceId} = ${workspaceId}) end
  from (select ${personBehind(createdBy)} as id) who)`

const me = alias(t.user, 'reaching')
const mine = alias(t.members, 'reaching_as')
/**
 * Whether a person is an editor anywhere, or administers the installation: what the operator opened for agents
 * (ALLOWED_PRIVATE_NETWORKS) is open to nobody who could not set one to work.
 */
export const reachesInside = (userId: SQLWrapper): SQL => sql`exists (
  select 1 from ${table(me)} where ${me.id} = ${userId} and not ${me.disabled} and (${me.installationAdmin}
    or exists (select 1 from ${table(mine)} where ${mine.userId} = ${me.id} and ${mine.role} <> 'viewer')))`
const reach = statement({
  values: { userId: 'text' },
  answer: ({ userId }) => ({ inside: as('flag', reachesInside(userId)) }),
  text: ({ answer }) => sql`select ${answer}`,
})
export async function mayReachInside(store: Store, userId: string): Promise<boolean> {
  const [row] = await store.all(reach({ userId }))
  return row?.inside ?? false
}

/** The name of the person, or of the key, that `createdBy` names; null where it is not there any more. */
export const nameBehind = (createdBy: SQLWrapper): SQL => sql`coalesce(
  (select ${u.name} from ${table(u)} where ${u.id} = ${createdBy}),
  (select ${k.name} from ${table(k)} where 'key:' || ${k.id} = ${createdBy}))`

/** Who made something, as it is answered; null: it was made at the machine. */
export const makerOf = ({ createdBy, maker }: { createdBy: string | null; maker: string | null }) =>
  createdBy === null ? null : { id: createdBy, name: maker ?? 'somebody who is not here any more' }
