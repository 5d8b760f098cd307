/**
 * Accounts, as they arise: an administrator's, or one that an invitation asks for.
 *
 * Promise: a person, the password and the memberships are written together or not at all, and the token that allowed it works once.
 */
import { sql } from 'drizzle-orm'
import { intValue, type Statement, type Store, type Text, textValue } from '../store.ts'
import { claimInvitation, enrolInvited, releaseInvitation } from './invitations.ts'
import { adoptEmpty } from './workspaces.ts'

export interface NewPerson {
  id: string
  name: string
  email: string
  passwordHash: string
}

const byEmailText: Text = () => sql`select id from "user" where email = ${textValue('email')}`
/** Whether an account has this e-mail address, written in lower case. */
export async function isKnown(store: Store, email: string): Promise<boolean> {
  return (await store.all(byEmailText, { email })).length > 0
}

const adminText: Text = () => sql`select id from "user" where installation_admin = true limit 1`
/** Whether anybody administers the installation. */
export async function hasAdmin(store: Store): Promise<boolean> {
  return (await store.all(adminText)).length > 0
}

const passwordText: Text = () => sql`
  insert into account (id, account_id, provider_id, user_id, password, created_at, updated_at)
  select ${textValue('id')}, u.id, 'credential', u.id, ${textValue('passwordHash')}, ${intValue('now')}, ${intValue('now')} from "user" u where u.id = ${textValue('id')}`
const password = (person: NewPerson, now: Date): Statement => [passwordText, { ...person, now }]

const columns = sql`(id, name, email, email_verified, installation_admin, created_at, updated_at)`

const adminAccountText: Text = () => sql`
  insert into "user" ${columns}
  select ${textValue('id')}, ${textValue('name')}, ${textValue('email')}, true, true, ${intValue('now')}, ${intValue('now')} where true
  on conflict (email) do nothing returning id`
/** Makes an administrator of the installation, unless the e-mail address has an account: that one stays as it is. */
export async function createAdmin(store: Store, person: NewPerson, now: Date): Promise<boolean> {
  const [created] = await store.atomically([
    [adminAccountText, { ...person, now }],
    password(person, now),
    adoptEmpty(person.id, now),
  ])
  return created?.length === 1
}

const offerText: Text = () => sql`
  insert into settings (name, value) values ('set_up_token', ${textValue('tokenHash')}) on conflict (name) do update set value = excluded.value`
/** Keeps the hash of the one-time token that makes the first administrator; an earlier token no longer works. */
export async function offerSetUp(store: Store, tokenHash: string): Promise<void> {
  await store.atomically([[offerText, { tokenHash }]])
}

const takeText: Text = () =>
  sql`update settings set value = ${textValue('taken')} where name = 'set_up_token' and value = ${textValue('tokenHash')}`
const firstAdminText: Text = () => sql`
  insert into "user" ${columns}
  select ${textValue('id')}, ${textValue('name')}, ${textValue('email')}, true, true, ${intValue('now')}, ${intValue('now')}
  from settings where name = 'set_up_token' and value = ${textValue('taken')} and not exists (select 1 from "user" where installation_admin = true)
  on conflict (email) do nothing returning id`
const giveBackText: Text = () => sql`
  update settings set value = ${textValue('tokenHash')} where name = 'set_up_token' and value = ${textValue('taken')} and not exists (select 1 from "user" where id = ${textValue('id')})`
const spentText: Text = () =>
  sql`delete from settings where name = 'set_up_token' and value = ${textValue('taken')}`
/** Makes the first administrator with the one-time token. False: wrong token, or there is an administrator already. */
export async function setUp(store: Store, person: NewPerson, tokenHash: string, now: Date): Promise<boolean> {
  // The row is marked before anything is made: a second set-up at the same moment waits for it, and finds another value.
  const values = { ...person, tokenHash, taken: `taken:${person.id}`, now }
  const [, created] = await store.atomically([
    [takeText, values],
    [firstAdminText, values],
    password(person, now),
    adoptEmpty(person.id, now),
    [giveBackText, values],
    [spentText, values],
  ])
  return created?.length === 1
}

const invitedText: Text = () => sql`
  insert into "user" ${columns}
  select ${textValue('id')}, ${textValue('name')}, i.email, true, false, ${intValue('now')}, ${intValue('now')} from invitations i where i.token_hash = ${textValue('taken')}
  on conflict (email) do nothing returning id`
/** Makes the account that an invitation asks for. False: the invitation is not open, or its e-mail address has an account. */
export async function join(
  store: Store,
  person: Omit<NewPerson, 'email'>,
  tokenHash: string,
  now: Date,
): Promise<boolean> {
  const claim = { tokenHash, taken: `taken:${person.id}`, userId: person.id, email: null, now }
  const [, created] = await store.atomically([
    claimInvitation(claim),
    [invitedText, { ...person, taken: claim.taken, now }],
    password({ ...person, email: '' }, now),
    enrolInvited(claim),
    releaseInvitation(claim),
  ])
  return created?.length === 1
}
