/**
 * The accounts of the installation.
 *
 * Promise: an installation that has an administrator who can sign in never loses the last one, however many are
 * disabled at once; who is disabled has no session when the transaction ends; a link for a new password works once.
 */
import { count, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { Account } from '#lib/contract/account.ts'
import { alias, insert, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { bumpAccess } from './access.ts'

const { user, session, account, verification } = t
const other = alias(user, 'other')
const v = alias(verification, 'v')
const u = alias(user, 'u')

const MOST_LISTED = 1_000

async function find({ q, t }: Store, now: Date, also?: SQL): Promise<Account[]> {
  const people = await q
    .select()
    .from(t.user)
    .where(also)
    .orderBy(sql`lower(${t.user.name})`, t.user.id)
    .limit(MOST_LISTED)
  const open = await q
    .select({ userId: t.session.userId, sessions: count() })
    .from(t.session)
    .where(gt(t.session.expiresAt, now))
    .groupBy(t.session.userId)
  const sessionsOf = new Map(open.map((it) => [it.userId, it.sessions]))
  return people.map(({ id, name, email, installationAdmin, disabled, createdAt }) => ({
    id,
    name,
    email,
    installationAdmin,
    disabled,
    sessions: sessionsOf.get(id) ?? 0,
    createdAt: new Date(createdAt).toISOString(),
  }))
}

/** The accounts by name, the first 1,000. */
export const list = (store: Store, now: Date): Promise<Account[]> => find(store, now)

export async function get(store: Store, id: string, now: Date): Promise<Account | null> {
  return (await find(store, now, eq(store.t.user.id, id)))[0] ?? null
}

const switchTo = statement({
  values: { id: 'text', disabled: 'flag' },
  answer: { id: user.id },
  text: ({ returning, values: { id, disabled } }) => sql`
  update ${table(user)} ${set(user, { disabled })}
  where ${user.id} = ${id} and (not ${disabled} or not ${user.installationAdmin} or exists (
    select 1 from ${table(other)}
    where ${other.installationAdmin} and not ${other.disabled} and ${other.id} <> ${user.id}))
  ${returning}`,
})
const endOfDisabled = statement({
  values: { id: 'text' },
  text: ({ values: { id } }) => sql`
  delete from ${table(session)} where ${session.userId} = ${id}
    and exists (select 1 from ${table(u)} where ${u.id} = ${id} and ${u.disabled})`,
})
/** Disables an account, or enables it. False: there is no such account, or it is the last administrator's. */
export async function setDisabled(store: Store, id: string, disabled: boolean): Promise<boolean> {
  // First, for its row is everybody's: of two that disable each other, the second waits and looks again.
  const [, changed] = await store.atomically([bumpAccess, switchTo({ id, disabled }), endOfDisabled({ id })])
  return changed.length === 1
}

const endAll = statement({
  values: { id: 'text' },
  answer: { id: session.id },
  text: ({ returning, values: { id } }) =>
    sql`delete from ${table(session)} where ${session.userId} = ${id} ${returning}`,
})
/** Ends every session of an account; answers how many there were. */
export async function endSessions(store: Store, id: string): Promise<number> {
  const [ended] = await store.atomically([endAll({ id }), bumpAccess])
  return ended.length
}

/** Before the id of the account, in a row that is for its password. */
const PURPOSE = sql`'password:'`

const endOffers = statement({
  values: { userId: 'text' },
  text: ({ values: { userId } }) =>
    sql`delete from ${table(verification)} where ${verification.identifier} = ${PURPOSE} || ${userId}`,
})
const offer = statement({
  values: { id: 'text', userId: 'text', tokenHash: 'text', expiresAt: 'instant', now: 'instant' },
  text: ({ values: { id, userId, tokenHash, expiresAt, now } }) =>
    insert(verification, {
      id,
      identifier: sql`${PURPOSE} || ${userId}`,
      value: tokenHash,
      expiresAt,
      createdAt: now,
      updatedAt: now,
    }),
})
/** Keeps the hash of a token that may set the account's password once, until it expires; an earlier one ends. */
export async function offerPassword(
  store: Store,
  it: { id: string; userId: string; tokenHash: string; expiresAt: Date },
  now: Date,
): Promise<void> {
  await store.atomically([endOffers({ userId: it.userId }), offer({ ...it, now })])
}

const isFor = (id: SQL) => sql`${v.identifier} = ${PURPOSE} || ${id}`
const owner = statement({
  values: { tokenHash: 'text', now: 'instant' },
  answer: { id: u.id, name: u.name, email: u.email },
  text: ({ answer, values: { tokenHash, now } }) => sql`
  select ${answer} from ${table(v)} join ${table(u)} on ${isFor(sql`${u.id}`)}
  where ${v.value} = ${tokenHash} and ${v.expiresAt} > ${now}`,
})
/** Whose password a token may set; null where it may set none. */
export async function ownerOf(store: Store, tokenHash: string, now: Date) {
  const [row] = await store.all(owner({ tokenHash, now }))
  return row ?? null
}

const take = statement({
  values: { tokenHash: 'text', taken: 'text', now: 'instant' },
  text: ({ values: { tokenHash, taken, now } }) => sql`
  update ${table(verification)} ${set(verification, { value: taken })}
  where ${verification.value} = ${tokenHash} and ${verification.expiresAt} > ${now}`,
})
const mayBeSet = (userId: SQL, taken: SQL) =>
  sql`exists (select 1 from ${table(v)} where ${isFor(userId)} and ${v.value} = ${taken})`
const setPassword = statement({
  values: { taken: 'text', passwordHash: 'text', now: 'instant' },
  answer: { userId: account.userId },
  text: ({ returning, values: { taken, passwordHash, now } }) => sql`
  update ${table(account)} ${set(account, { password: passwordHash, updatedAt: now })}
  where ${account.providerId} = 'credential' and ${mayBeSet(sql`${account.userId}`, taken)} ${returning}`,
})
const endTaken = statement({
  values: { taken: 'text' },
  text: ({ values: { taken } }) => sql`
  delete from ${table(session)} where ${mayBeSet(sql`${session.userId}`, taken)}`,
})
const spend = statement({
  values: { taken: 'text' },
  text: ({ values: { taken } }) =>
    sql`delete from ${table(verification)} where ${verification.value} = ${taken}`,
})
/** Sets the password that a token may set, and ends every session of the account. False: the token may set none. */
export async function resetPassword(
  store: Store,
  { tokenHash, taken, passwordHash }: { tokenHash: string; taken: string; passwordHash: string },
  now: Date,
): Promise<boolean> {
  // Marked before it is used: of two at once, the second waits, and finds another value.
  const [, changed] = await store.atomically([
    take({ tokenHash, taken, now }),
    setPassword({ taken, passwordHash, now }),
    endTaken({ taken }),
    spend({ taken }),
    bumpAccess,
  ])
  return changed.length === 1
}
