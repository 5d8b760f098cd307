/** What people set for themselves, and their own sessions. */
import { and, desc, eq, gt, sql } from 'drizzle-orm'
import type { Preferences, ProfileChange, Session } from '#lib/contract/profile.ts'
import { set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { bumpAccess } from './access.ts'

export { endSessions } from './accounts.ts'

const { user, session } = t

export async function get(
  { q, t: { user: it } }: Store,
  id: string,
): Promise<{ name: string; preferences: Preferences } | null> {
  const [row] = await q
    .select({
      name: it.name,
      timezone: it.timezone,
      clock: it.clock,
      language: it.language,
      shortcuts: it.shortcuts,
    })
    .from(it)
    .where(eq(it.id, id))
  if (!row) return null
  const { name, ...preferences } = row
  return { name, preferences }
}

const changeTo = statement({
  values: {
    ...{ id: 'text', name: 'text', timezone: 'text?', clock: user.clock, language: user.language },
    ...{ shortcuts: 'flag', now: 'instant' },
  },
  text: ({ values: { id, now, ...fields } }) => sql`
  update ${table(user)} ${set(user, { ...fields, updatedAt: now })} where ${user.id} = ${id}`,
})
/** What is not given stays as it is. */
export async function change(store: Store, id: string, to: ProfileChange, now: Date): Promise<void> {
  const known = await get(store, id)
  if (!known) return
  const { name, preferences } = known
  await store.atomically([changeTo({ id, now, name, ...preferences, ...to })])
}

const MOST_SESSIONS = 100
export async function sessions(
  { q, t: { session: it } }: Store,
  userId: string,
  now: Date,
): Promise<Omit<Session, 'current'>[]> {
  const rows = await q
    .select()
    .from(it)
    .where(and(eq(it.userId, userId), gt(it.expiresAt, now)))
    .orderBy(desc(it.updatedAt), it.id)
    .limit(MOST_SESSIONS)
  return rows.map(({ id, userAgent, ipAddress, createdAt, updatedAt, expiresAt }) => ({
    id,
    agent: userAgent,
    address: ipAddress || null,
    since: createdAt.toISOString(),
    seenAt: updatedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }))
}

const endOne = statement({
  values: { id: 'text', userId: 'text' },
  answer: { id: session.id },
  text: ({ returning, values: { id, userId } }) => sql`
  delete from ${table(session)} where ${session.id} = ${id} and ${session.userId} = ${userId} ${returning}`,
})
/** False: there is none of that id, or it is somebody else's. */
export async function endSession(store: Store, userId: string, id: string): Promise<boolean> {
  const [ended] = await store.atomically([endOne({ id, userId }), bumpAccess])
  return ended.length === 1
}
