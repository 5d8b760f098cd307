/**
 * Browsers in which somebody has turned notifications on, and the keys by which push services know this installation.
 *
 * Promise: one browser is one person's, the last who turned them on in it; the keys are made once, whichever server is
 * first.
 */
import { sql } from 'drizzle-orm'
import { alias, as, insert, name, type RowsOf, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { reachesInside } from './rights.ts'

const { settings } = t
const b = alias(t.pushBrowsers, 'b')
const newer = alias(t.pushBrowsers, 'excluded')
const m = alias(t.members, 'm')
const u = alias(t.user, 'u')
const same = alias(t.pushBrowsers, 'same')

const KEYS = sql`'push_keys'`
const keepKeys = statement({
  values: { keys: 'text' },
  text: ({ values: { keys } }) => sql`
  ${insert(settings, { name: KEYS, value: keys })} where true on conflict (${name(settings.name)}) do nothing`,
})
const kept = statement({
  answer: { value: as('text', settings.value) },
  text: ({ answer }) => sql`select ${answer} from ${table(settings)} where ${settings.name} = ${KEYS}`,
})
export async function keys(store: Store): Promise<string | null> {
  const [row] = await store.all(kept())
  return row?.value ?? null
}
/** Those that were kept first. */
export async function keep(store: Store, made: string): Promise<string> {
  await store.atomically([keepKeys({ keys: made })])
  return (await keys(store)) ?? made
}

const shape = {
  id: b.id,
  userId: b.userId,
  digest: b.digest,
  subscription: b.subscription,
  name: b.name,
  createdAt: b.createdAt,
  /** Whether its push service may be one that only the operator has opened. */
  reachesInside: as('flag', reachesInside(b.userId)),
}
const ofPerson = statement({
  values: { userId: 'text' },
  answer: shape,
  text: ({ answer, values: { userId } }) => sql`
  select ${answer} from ${table(b)} where ${b.userId} = ${userId} order by ${b.id}`,
})
export type BrowserRow = RowsOf<typeof ofPerson>
export const browsersOf = (store: Store, userId: string) => store.all(ofPerson({ userId }))

const ofMembers = statement({
  values: { workspaceId: 'int', limit: 'int' },
  answer: shape,
  text: ({ answer, values: { workspaceId, limit } }) => sql`
  select ${answer} from ${table(b)} join ${table(m)} on ${m.userId} = ${b.userId} and ${m.workspaceId} = ${workspaceId}
    join ${table(u)} on ${u.id} = ${b.userId} and not ${u.disabled}
  order by ${b.id} limit ${limit}`,
})
/** Of the members of a workspace. */
export const browsersIn = (store: Store, workspaceId: number, limit: number) =>
  store.all(ofMembers({ workspaceId, limit }))

const put = statement({
  values: {
    userId: 'text',
    digest: 'text',
    subscription: 'text',
    browser: 'text',
    most: 'int',
    now: 'instant',
  },
  answer: { id: t.pushBrowsers.id, name: t.pushBrowsers.name, createdAt: t.pushBrowsers.createdAt },
  text: ({ returning, values: { userId, digest, subscription, browser, most, now } }) => sql`
  ${insert(t.pushBrowsers, { userId, digest, subscription, name: browser, createdAt: now })}
  where ${most} > (select count(*) from ${table(same)} where ${same.userId} = ${userId} and ${same.digest} <> ${digest})
  on conflict (${name(t.pushBrowsers.digest)}) do update ${set(t.pushBrowsers, {
    userId: newer.userId,
    subscription: newer.subscription,
    name: newer.name,
  })}
  ${returning}`,
})
/** Null where the person has as many as they may. */
export async function add(
  store: Store,
  it: { userId: string; digest: string; subscription: string; browser: string; most: number; now: Date },
) {
  const [[row]] = await store.atomically([put(it)])
  return row ?? null
}

const drop = statement({
  values: { id: 'int', userId: 'text?' },
  answer: { id: t.pushBrowsers.id },
  text: ({ returning, values: { id, userId } }) => sql`
  delete from ${t.pushBrowsers} where ${t.pushBrowsers.id} = ${id}
    and (${userId} is null or ${t.pushBrowsers.userId} = ${userId}) ${returning}`,
})
/** `userId` null: whoever's it is. */
export async function remove(store: Store, id: number, userId: string | null): Promise<boolean> {
  const [gone] = await store.atomically([drop({ id, userId })])
  return gone.length > 0
}
