/**
 * When did anybody's rights last shrink?
 *
 * Promise: whatever takes rights away (a membership, a key, a session) raises one number in the same transaction, so that whoever
 * keeps a door open (a socket) needs to compare one number to know that it must ask again.
 */
import { sql } from 'drizzle-orm'
import type { Statement, Store, Text } from '../store.ts'

const bumpText: Text = () => sql`
  insert into settings (name, value) values ('access_version', '1')
  on conflict (name) do update set value = cast(cast(settings.value as bigint) + 1 as text)`
/** The statement that raises the number; part of every list that takes rights away. */
export const bumpAccess: Statement = [bumpText]

/** Raises the number by itself, for what another library has already written. */
export async function bump(store: Store): Promise<void> {
  await store.atomically([bumpAccess])
}

const versionText: Text = () =>
  sql`select cast(value as bigint) as version from settings where name = 'access_version'`
/** The number as it stands. */
export async function accessVersion(store: Store): Promise<number> {
  const [row] = await store.all<{ version: number }>(versionText)
  return row?.version ?? 0
}
