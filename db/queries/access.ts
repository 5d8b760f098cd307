/**
 * When did anybody's rights last shrink?
 *
 * Promise: whatever takes rights away (a membership, a key, a session) raises one number in the same transaction,
 * so that whoever keeps a door open (a socket) needs to compare one number to know that it must ask again.
 */
import { sql } from 'drizzle-orm'
import { as, insert, name, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const { settings } = t

/** No change of its own: what it goes with may be refused, and then nobody has changed anything. */
const raise = statement({
  isBookkeeping: true,
  text: () => sql`
  ${insert(settings, { name: sql`'access_version'`, value: sql`'1'` })}
  where true
  on conflict (${name(settings.name)}) do update
  ${set(settings, { value: sql`cast(cast(${settings.value} as bigint) + 1 as text)` })}`,
})
/** The statement that raises the number; part of every list that takes rights away. */
export const bumpAccess = raise()

/** Raises the number by itself, for what another library has already written. */
export async function bump(store: Store): Promise<void> {
  await store.atomically([bumpAccess])
}

const current = statement({
  answer: { version: as('int', sql`cast(${settings.value} as bigint)`) },
  text: ({ answer }) =>
    sql`select ${answer} from ${table(settings)} where ${settings.name} = 'access_version'`,
})
/** The number as it stands. */
export async function accessVersion(store: Store): Promise<number> {
  const [row] = await store.all(current())
  return row?.version ?? 0
}
