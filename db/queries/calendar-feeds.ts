/**
 * Addresses at which calendar programs read what comes.
 *
 * Promise: a person has one for a workspace, and it opens no more than that person may see today.
 */
import { sql } from 'drizzle-orm'
import { alias, as, insert, name, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { rightsBehind } from './rights.ts'

const { calendarFeeds: feeds } = t
const f = alias(feeds, 'f')
const w = alias(t.workspaces, 'w')

const isRight = sql`${rightsBehind(f.userId, f.workspaceId)} <> ''`
const shown = {
  id: f.id,
  slug: w.slug,
  name: w.name,
  createdAt: f.createdAt,
  readAt: f.readAt,
}
const ofPerson = statement({
  values: { userId: 'text' },
  answer: shown,
  text: ({ answer, values: { userId } }) => sql`
  select ${answer} from ${table(f)} join ${table(w)} on ${w.id} = ${f.workspaceId}
  where ${f.userId} = ${userId} and ${isRight} order by ${f.id} desc limit 1000`,
})
export const list = (store: Store, userId: string) => store.all(ofPerson({ userId }))

const put = statement({
  values: { userId: 'text', workspaceId: 'int', tokenHash: 'text', now: 'instant' },
  answer: { id: feeds.id, createdAt: feeds.createdAt },
  text: ({ returning, values: { userId, workspaceId, tokenHash, now } }) => sql`
  ${insert(feeds, { userId, workspaceId, tokenHash, createdAt: now })}
  where true
  on conflict (${name(feeds.userId)}, ${name(feeds.workspaceId)}) do update
  ${set(feeds, { tokenHash, createdAt: now, readAt: sql`null` })}
  ${returning}`,
})
/** The one that the person had for this workspace ends with it. */
export async function replace(
  store: Store,
  it: { userId: string; workspaceId: number; tokenHash: string; now: Date },
): Promise<{ id: number; createdAt: number }> {
  const [[row]] = await store.atomically([put(it)])
  if (!row) throw new Error('A row that was just written is there.')
  return row
}

const drop = statement({
  values: { userId: 'text', id: 'int' },
  answer: { id: feeds.id },
  text: ({ returning, values: { userId, id } }) => sql`
  delete from ${table(feeds)} where ${feeds.id} = ${id} and ${feeds.userId} = ${userId} ${returning}`,
})
export async function remove(store: Store, userId: string, id: number): Promise<boolean> {
  const [rows] = await store.atomically([drop({ userId, id })])
  return rows.length > 0
}

const atHash = statement({
  values: { tokenHash: 'text' },
  answer: {
    id: f.id,
    workspaceId: f.workspaceId,
    slug: w.slug,
    workspaceName: w.name,
    readAt: as('instant?', f.readAt),
  },
  text: ({ answer, values: { tokenHash } }) => sql`
  select ${answer} from ${table(f)} join ${table(w)} on ${w.id} = ${f.workspaceId}
  where ${f.tokenHash} = ${tokenHash} and ${isRight}`,
})
/** Null also where the person may not look into the workspace any more. */
export async function at(store: Store, tokenHash: string) {
  const [row] = await store.all(atHash({ tokenHash }))
  return row ?? null
}

const markRead = statement({
  isBookkeeping: true,
  values: { id: 'int', now: 'instant' },
  text: ({ values: { id, now } }) => sql`
  update ${table(feeds)} ${set(feeds, { readAt: now })} where ${feeds.id} = ${id}`,
})
export async function read(store: Store, id: number, now: Date): Promise<void> {
  await store.atomically([markRead({ id, now })])
}
