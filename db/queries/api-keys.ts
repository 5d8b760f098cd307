/**
 * The keys of programs.
 *
 * Promise: the key itself is never stored, only its SHA-256; what is revoked or expired is not answered to the
 * resolver of credentials.
 */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { leastOf, type Role } from '#lib/contract/fields.ts'
import type { ApiKey } from '#lib/contract/workspace.ts'
import { alias, as, insert, oneOf, type RowsOf, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { bumpAccess } from './access.ts'
import { hasEnded, makerOf, nameBehind, rightsBehind } from './rights.ts'

const { apiKeys } = t
const k = alias(apiKeys, 'k')

/** Columns that may be shown: not the hash. */
const shown = {
  id: k.id,
  name: k.name,
  prefix: k.prefix,
  workspaceId: k.workspaceId,
  role: k.role,
  mayApprove: k.mayApprove,
  createdAt: k.createdAt,
  expiresAt: k.expiresAt,
  lastUsedAt: k.lastUsedAt,
  createdBy: k.createdBy,
  maker: as('text?', nameBehind(k.createdBy)),
}
const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString())
const toKey = ({
  createdAt,
  expiresAt,
  lastUsedAt,
  createdBy,
  maker,
  ...it
}: Omit<RowsOf<typeof liveOne>, 'hash' | 'bound' | 'outlived'>): ApiKey => ({
  ...it,
  createdBy: makerOf({ createdBy, maker }),
  createdAt: new Date(createdAt).toISOString(),
  expiresAt: instant(expiresAt),
  lastUsedAt: instant(lastUsedAt),
})

export interface NewKey {
  name: string
  prefix: string
  hash: string
  workspaceId: number | null
  role: Role
  mayApprove: boolean
  createdBy: string | null
  expiresAt: Date | null
}

const add = statement({
  values: {
    name: apiKeys.name,
    prefix: apiKeys.prefix,
    hash: apiKeys.hash,
    workspaceId: apiKeys.workspaceId,
    role: apiKeys.role,
    mayApprove: apiKeys.mayApprove,
    createdBy: apiKeys.createdBy,
    createdAt: apiKeys.createdAt,
    expiresAt: apiKeys.expiresAt,
  },
  answer: { id: apiKeys.id },
  text: ({ values, returning }) => sql`${insert(apiKeys, values)} ${returning}`,
})
const oneOfId = statement({
  values: { id: 'int' },
  answer: shown,
  text: ({ answer, values: { id } }) => sql`select ${answer} from ${table(k)} where ${k.id} = ${id}`,
})
/** Revoked or not. */
export async function get(store: Store, id: number): Promise<ApiKey | null> {
  const [row] = await store.all(oneOfId({ id }))
  return row ? toKey(row) : null
}

/** Keeps a key's hash and what the key is for. */
export async function create(store: Store, key: NewKey, now: Date): Promise<ApiKey> {
  const [[made]] = await store.atomically([add({ ...key, createdAt: now })])
  const created = made ? await get(store, made.id) : null
  if (!created) throw new Error('A key that was just made is not there.')
  return created
}

const listed = statement({
  values: { workspaceId: 'int?' },
  answer: shown,
  text: ({ answer, values: { workspaceId } }) => sql`
  select ${answer} from ${table(k)}
  where ${k.revokedAt} is null and ${k.workspaceId} is not distinct from ${workspaceId} order by ${k.id} desc`,
})
/** Keys that were not revoked, of a workspace or (null) of the whole installation, newest first. */
export const list = async (store: Store, workspaceId: number | null): Promise<ApiKey[]> =>
  (await store.all(listed({ workspaceId }))).map(toKey)

/**
 * The slug of the workspace that a key is for; null for one of the whole installation; undefined where there
 * is no such key.
 */
export async function scopeOf({ q, t }: Store, id: number): Promise<string | null | undefined> {
  const [row] = await q
    .select({ slug: t.workspaces.slug })
    .from(t.apiKeys)
    .leftJoin(t.workspaces, eq(t.workspaces.id, t.apiKeys.workspaceId))
    .where(and(eq(t.apiKeys.id, id), isNull(t.apiKeys.revokedAt)))
  return row?.slug
}

const liveOne = statement({
  values: { hash: 'text', now: 'instant' },
  answer: ({ now }) => ({
    hash: k.hash,
    ...shown,
    bound: oneOf<Role | '' | null>(rightsBehind(k.createdBy, k.workspaceId)),
    outlived: as('flag', hasEnded(k.createdBy, now)),
  }),
  text: ({ answer, values: { hash, now } }) => sql`
  select ${answer} from ${table(k)} where ${k.hash} = ${hash} and ${k.revokedAt} is null
    and (${k.expiresAt} is null or ${k.expiresAt} > ${now})`,
})
/** A key that may be used, with the rights that it has today. */
export type LiveKey = ApiKey & { hash: string }
/**
 * The key behind a hash, unless it was revoked or has expired, or a key that made it has, or whoever made it may
 * do nothing there any more. Its role is the least of its own and its maker's.
 */
export async function live(store: Store, hash: string, now: Date): Promise<LiveKey | null> {
  const [row] = await store.all(liveOne({ hash, now }))
  if (!row) return null
  const { bound, outlived, ...key } = row
  const role = bound === '' ? key.role : bound === null ? null : leastOf(key.role, bound)
  return role === null || outlived ? null : { ...toKey(key), hash: key.hash, role }
}

export async function touch({ q, t: { apiKeys: it } }: Store, id: number, now: Date): Promise<void> {
  await q.update(it).set({ lastUsedAt: now.getTime() }).where(eq(it.id, id))
}

const end = statement({
  values: { id: 'int', now: 'instant' },
  answer: { id: apiKeys.id },
  text: ({ returning, values: { id, now } }) => sql`
  update ${table(apiKeys)} ${set(apiKeys, { revokedAt: now })}
  where ${apiKeys.id} = ${id} and ${apiKeys.revokedAt} is null
  ${returning}`,
})
/** Ends a key for good. False: there is no such key any more. */
export async function revoke(store: Store, id: number, now: Date): Promise<boolean> {
  const [revoked] = await store.atomically([end({ id, now }), bumpAccess])
  return revoked.length === 1
}

const endThoseOf = statement({
  values: { workspaceId: 'int', userId: 'text', now: 'instant' },
  text: ({ values: { workspaceId, userId, now } }) => sql`
  update ${table(apiKeys)} ${set(apiKeys, { revokedAt: now })}
  where ${apiKeys.workspaceId} = ${workspaceId} and ${apiKeys.createdBy} = ${userId}
    and ${apiKeys.revokedAt} is null and ${rightsBehind(apiKeys.createdBy, apiKeys.workspaceId)} is null`,
})
/**
 * Ends the keys that a person made for a workspace where they may do nothing any more; those that the keys made in
 * turn end with them.
 */
export const revokeThoseOf = (of: { workspaceId: number; userId: string; now: Date }) => endThoseOf(of)
