/**
 * Accounts, as they arise: an administrator's, or one that an invitation asks for.
 *
 * Promise: a person, the password and the memberships are written together or not at all, and the token that
 * allowed it works once.
 */
import { eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { alias, insert, name, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { claimInvitation, enrolInvited, releaseInvitation } from './invitations.ts'
import { adoptEmpty } from './workspaces.ts'

export interface NewPerson {
  id: string
  name: string
  email: string
  passwordHash: string
}

const { user, settings } = t
const u = alias(user, 'u')
const i = alias(t.invitations, 'i')

/** Whether an account has this e-mail address, written in lower case. */
export async function isKnown({ q, t: { user: it } }: Store, email: string): Promise<boolean> {
  return (await q.$count(it, eq(it.email, email))) > 0
}

/** Whether the account was disabled. */
export async function isDisabled({ q, t: { user: it } }: Store, id: string): Promise<boolean> {
  return (await q.select({ disabled: it.disabled }).from(it).where(eq(it.id, id)))[0]?.disabled ?? false
}

const MOST_SESSIONS = 100
/** From where somebody is signed in to the account of this e-mail address, written in lower case. */
export async function addressesOf({ q, t }: Store, email: string): Promise<string[]> {
  const { user: person, session: it } = t
  const rows = await q
    .select({ address: it.ipAddress })
    .from(it)
    .innerJoin(person, eq(person.id, it.userId))
    .where(eq(person.email, email))
    .limit(MOST_SESSIONS)
  return rows.flatMap((row) => row.address ?? [])
}

/** Whether anybody administers the installation. */
export async function hasAdmin({ q, t: { user: it } }: Store): Promise<boolean> {
  return (await q.select({ id: it.id }).from(it).where(eq(it.installationAdmin, true)).limit(1)).length > 0
}

const addPassword = statement({
  values: { id: 'text', passwordHash: 'text', now: 'instant' },
  text: ({ values: { id, passwordHash, now } }) => sql`
  ${insert(t.account, {
    id,
    accountId: u.id,
    providerId: sql`'credential'`,
    userId: u.id,
    password: passwordHash,
    createdAt: now,
    updatedAt: now,
  })}
  from ${table(u)} where ${u.id} = ${id}`,
})
const password = ({ id, passwordHash }: Pick<NewPerson, 'id' | 'passwordHash'>, now: Date) =>
  addPassword({ id, passwordHash, now })

const account = (
  { id, now, ...of }: { id: SQL; now: SQL; name: SQL; email: SQLWrapper },
  installationAdmin: SQL,
) => insert(user, { id, ...of, emailVerified: sql`true`, installationAdmin, createdAt: now, updatedAt: now })

const person = { id: 'text', name: 'text', email: 'text', now: 'instant' } as const
const addAdmin = statement({
  values: person,
  answer: { id: user.id },
  text: ({ values, returning }) => sql`
  ${account(values, sql`true`)}
  where true
  on conflict (${name(user.email)}) do nothing ${returning}`,
})
/** Makes an administrator of the installation, unless the e-mail address has an account: that one stays as it is. */
export async function createAdmin(
  store: Store,
  { id, name, email, passwordHash }: NewPerson,
  now: Date,
): Promise<boolean> {
  const [created] = await store.atomically([
    addAdmin({ id, name, email, now }),
    password({ id, passwordHash }, now),
    adoptEmpty(id, now),
  ])
  return created.length === 1
}

const SET_UP = sql`'set_up_token'`
const offer = statement({
  values: { tokenHash: 'text' },
  text: ({ values: { tokenHash } }) => sql`
  ${insert(settings, { name: SET_UP, value: tokenHash })}
  where true
  on conflict (${name(settings.name)}) do update ${set(settings, { value: tokenHash })}`,
})
/** Keeps the hash of the one-time token that makes the first administrator; an earlier token no longer works. */
export async function offerSetUp(store: Store, tokenHash: string): Promise<void> {
  await store.atomically([offer({ tokenHash })])
}

const isOffered = (value: SQL) => sql`${settings.name} = ${SET_UP} and ${settings.value} = ${value}`
const take = statement({
  values: { tokenHash: 'text', taken: 'text' },
  text: ({ values: { tokenHash, taken } }) =>
    sql`update ${table(settings)} ${set(settings, { value: taken })} where ${isOffered(tokenHash)}`,
})
const addFirstAdmin = statement({
  values: { ...person, taken: 'text' },
  answer: { id: user.id },
  text: ({ returning, values: { taken, ...of } }) => sql`
  ${account(of, sql`true`)}
  from ${table(settings)}
  where ${isOffered(taken)} and not exists (select 1 from ${table(u)} where ${u.installationAdmin} = true)
  on conflict (${name(user.email)}) do nothing ${returning}`,
})
const giveBack = statement({
  values: { tokenHash: 'text', taken: 'text', id: 'text' },
  text: ({ values: { tokenHash, taken, id } }) => sql`
  update ${table(settings)} ${set(settings, { value: tokenHash })}
  where ${isOffered(taken)} and not exists (select 1 from ${table(u)} where ${u.id} = ${id})`,
})
const spend = statement({
  values: { taken: 'text' },
  text: ({ values: { taken } }) => sql`delete from ${table(settings)} where ${isOffered(taken)}`,
})
/** Makes the first administrator with the one-time token. False: wrong token, or there is an administrator already. */
export async function setUp(
  store: Store,
  { id, name, email, passwordHash }: NewPerson,
  tokenHash: string,
  now: Date,
): Promise<boolean> {
  // The row is marked before anything is made: a second set-up at the same moment waits for it, and finds
  // another value.
  const taken = `taken:${id}`
  const [, created] = await store.atomically([
    take({ tokenHash, taken }),
    addFirstAdmin({ id, name, email, taken, now }),
    password({ id, passwordHash }, now),
    adoptEmpty(id, now),
    giveBack({ tokenHash, taken, id }),
    spend({ taken }),
  ])
  return created.length === 1
}

const addInvited = statement({
  values: { id: 'text', name: 'text', taken: 'text', now: 'instant' },
  answer: { id: user.id },
  text: ({ returning, values: { taken, ...of } }) => sql`
  ${account({ ...of, email: i.email }, sql`false`)} from ${table(i)} where ${i.tokenHash} = ${taken}
  on conflict (${name(user.email)}) do nothing ${returning}`,
})
/**
 * Makes the account that an invitation asks for. False: the invitation is not open, or its e-mail address has
 * an account.
 */
export async function join(
  store: Store,
  { id, name, passwordHash }: Omit<NewPerson, 'email'>,
  tokenHash: string,
  now: Date,
): Promise<boolean> {
  const claim = { tokenHash, taken: `taken:${id}`, userId: id, email: null, now }
  const [, created] = await store.atomically([
    claimInvitation(claim),
    addInvited({ id, name, taken: claim.taken, now }),
    password({ id, passwordHash }, now),
    enrolInvited(claim),
    releaseInvitation(claim),
  ])
  return created.length === 1
}
