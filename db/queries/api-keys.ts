/**
 * The keys of programs.
 *
 * Promise: the key itself is never stored, only its SHA-256; what is revoked or expired is not answered to the resolver of credentials.
 */
import { sql } from 'drizzle-orm'
import type { Role } from '#lib/contract/fields.ts'
import type { ApiKey } from '#lib/contract/workspace.ts'
import { intValue, type Store, type Text, textValue } from '../store.ts'
import { bumpAccess } from './access.ts'

interface Row {
  id: number
  name: string
  prefix: string
  workspaceId: number | null
  role: Role
  createdAt: number
  expiresAt: number | null
  lastUsedAt: number | null
}
const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString())
const toKey = ({ id, name, prefix, workspaceId, role, createdAt, expiresAt, lastUsedAt }: Row): ApiKey => ({
  id,
  name,
  prefix,
  workspaceId,
  role,
  createdAt: new Date(createdAt).toISOString(),
  expiresAt: instant(expiresAt),
  lastUsedAt: instant(lastUsedAt),
})

const columns = sql`id, name, prefix, workspace_id as "workspaceId", role, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt"`

export interface NewKey {
  name: string
  prefix: string
  hash: string
  workspaceId: number | null
  role: Role
  createdBy: string | null
  expiresAt: Date | null
}

const createText: Text = () => sql`
  insert into api_keys (name, prefix, hash, workspace_id, role, created_by, created_at, expires_at)
  values (${textValue('name')}, ${textValue('prefix')}, ${textValue('hash')}, ${intValue('workspaceId')}, ${textValue('role')}, ${textValue('createdBy')},
    ${intValue('now')}, ${intValue('expiresAt')})
  returning ${columns}`
/** Keeps a key's hash and what the key is for. */
export async function create(store: Store, key: NewKey, now: Date): Promise<ApiKey> {
  const [created] = await store.atomically([[createText, { ...key, now }]])
  return toKey((created as unknown as [Row])[0])
}

const listText: Text = () => sql`
  select ${columns} from api_keys where revoked_at is null and workspace_id is not distinct from ${intValue('workspaceId')} order by id desc`
/** Keys that were not revoked, of a workspace or (null) of the whole installation, newest first. */
export async function list(store: Store, workspaceId: number | null): Promise<ApiKey[]> {
  return (await store.all<Row>(listText, { workspaceId })).map(toKey)
}

const getText: Text = () => sql`
  select k.id, w.slug from api_keys k left join workspaces w on w.id = k.workspace_id where k.id = ${intValue('id')} and k.revoked_at is null`
/** The slug of the workspace that a key is for; null for one of the whole installation; undefined where there is no such key. */
export async function scopeOf(store: Store, id: number): Promise<string | null | undefined> {
  const [row] = await store.all<{ slug: string | null }>(getText, { id })
  return row?.slug
}

const liveText: Text = () => sql`
  select hash, ${columns} from api_keys
  where hash = ${textValue('hash')} and revoked_at is null and (expires_at is null or expires_at > ${intValue('now')})`
/** The key behind a hash, unless it was revoked or has expired. */
export async function live(
  store: Store,
  hash: string,
  now: Date,
): Promise<(ApiKey & { hash: string }) | null> {
  const [row] = await store.all<Row & { hash: string }>(liveText, { hash, now })
  return row ? { ...toKey(row), hash: row.hash } : null
}

const touchText: Text = () =>
  sql`update api_keys set last_used_at = ${intValue('now')} where id = ${intValue('id')}`
export async function touch(store: Store, id: number, now: Date): Promise<void> {
  await store.atomically([[touchText, { id, now }]])
}

const revokeText: Text = () =>
  sql`update api_keys set revoked_at = ${intValue('now')} where id = ${intValue('id')} and revoked_at is null returning id`
/** Ends a key for good. False: there is no such key any more. */
export async function revoke(store: Store, id: number, now: Date): Promise<boolean> {
  const [revoked] = await store.atomically([[revokeText, { id, now }], bumpAccess])
  return revoked?.length === 1
}
