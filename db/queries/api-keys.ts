/**
 * The keys of programs.
 *
 * Promise: the key itself is never stored, only its SHA-256; what is revoked or expired is not answered to the
 * resolver of credentials.
 */
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Role } from '#lib/contract/fields.ts'
import type { ApiKey } from '#lib/contract/workspace.ts'
import { insert, type RowsOf, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { bumpAccess } from './access.ts'

const { apiKeys } = t

/** Columns that may be shown: not the hash. */
const shownOf = (it: typeof apiKeys) => ({
  id: it.id,
  name: it.name,
  prefix: it.prefix,
  workspaceId: it.workspaceId,
  role: it.role,
  createdAt: it.createdAt,
  expiresAt: it.expiresAt,
  lastUsedAt: it.lastUsedAt,
})
const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString())
const toKey = ({
  createdAt,
  expiresAt,
  lastUsedAt,
  ...it
}: Omit<RowsOf<typeof liveOne>, 'hash'>): ApiKey => ({
  ...it,
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
    createdBy: apiKeys.createdBy,
    createdAt: apiKeys.createdAt,
    expiresAt: apiKeys.expiresAt,
  },
  answer: shownOf(apiKeys),
  text: ({ values, returning }) => sql`${insert(apiKeys, values)} ${returning}`,
})
/** Keeps a key's hash and what the key is for. */
export async function create(store: Store, key: NewKey, now: Date): Promise<ApiKey> {
  const [[created]] = await store.atomically([add({ ...key, createdAt: now })])
  if (!created) throw new Error('A key that was just made is not there.')
  return toKey(created)
}

/** Keys that were not revoked, of a workspace or (null) of the whole installation, newest first. */
export async function list({ q, t: { apiKeys: it } }: Store, workspaceId: number | null): Promise<ApiKey[]> {
  const of = workspaceId === null ? isNull(it.workspaceId) : eq(it.workspaceId, workspaceId)
  const rows = await q
    .select(shownOf(it))
    .from(it)
    .where(and(isNull(it.revokedAt), of))
    .orderBy(desc(it.id))
  return rows.map(toKey)
}

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
  answer: { hash: apiKeys.hash, ...shownOf(apiKeys) },
  text: ({ answer, values: { hash, now } }) => sql`
  select ${answer} from ${table(apiKeys)}
  where ${apiKeys.hash} = ${hash} and ${apiKeys.revokedAt} is null
    and (${apiKeys.expiresAt} is null or ${apiKeys.expiresAt} > ${now})`,
})
/** The key behind a hash, unless it was revoked or has expired. */
export async function live(
  store: Store,
  hash: string,
  now: Date,
): Promise<(ApiKey & { hash: string }) | null> {
  const [row] = await store.all(liveOne({ hash, now }))
  return row ? toKeyWithHash(row) : null
}
const toKeyWithHash = ({ hash, ...row }: RowsOf<typeof liveOne>) => ({ ...toKey(row), hash })

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
