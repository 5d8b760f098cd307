/**
 * Workspaces, found through whoever asks.
 *
 * Promise: nothing here answers a workspace to somebody who has no role in it, so "not there" and "not yours"
 * look alike by construction.
 */
import { eq, type SQL, sql } from 'drizzle-orm'
import type { Role } from '#lib/contract/fields.ts'
import type { Workspace } from '#lib/contract/workspace.ts'
import { alias, insert, name, oneOf, type RowsOf, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const { workspaces, members } = t
const w = alias(workspaces, 'w')
const m = alias(members, 'm')
const u = alias(t.user, 'u')

/**
 * How far somebody reaches: through memberships (`userId`), and with `role` in one workspace (`only`) or,
 * where that is null, in all.
 */
export interface Reach {
  userId: string | null
  role: Role | null
  only: number | null
}

const reach = { userId: 'text?', role: 'text?', only: 'int?' } as const
const shown = ({ role, only }: Record<'role' | 'only', SQL>) => ({
  id: w.id,
  name: w.name,
  slug: w.slug,
  lastSeq: w.lastSeq,
  retentionDays: w.retentionDays,
  maxConcurrent: w.maxConcurrent,
  timezone: w.timezone,
  demo: w.demo,
  createdAt: w.createdAt,
  role: oneOf<Role>(roleOf({ role, only })),
})
const roleOf = ({ role, only }: Record<'role' | 'only', SQL>) => sql`
  case when ${role} is not null and (${only} is null or ${w.id} = ${only}) then ${role} else ${m.role} end`
const withMember = ({ userId }: { userId: SQL }) =>
  sql`${table(w)} left join ${table(m)} on ${m.workspaceId} = ${w.id} and ${m.userId} = ${userId}`

const found = statement({
  values: { ...reach, slug: 'text' },
  answer: shown,
  text: ({ answer, values }) => sql`
  select ${answer} from ${withMember(values)} where ${w.slug} = ${values.slug} and ${roleOf(values)} is not null`,
})
const toWorkspace = (row: RowsOf<typeof found>): Workspace => ({
  ...row,
  createdAt: new Date(row.createdAt).toISOString(),
})
/** The workspace with the role that this reach has in it, or null where it has none. */
export async function find(store: Store, slug: string, reach: Reach): Promise<Workspace | null> {
  const [row] = await store.all(found({ slug, ...reach }))
  return row ? toWorkspace(row) : null
}

const reachable = statement({
  values: reach,
  answer: shown,
  text: ({ answer, lower, values }) => sql`
  select ${answer} from ${withMember(values)} where ${roleOf(values)} is not null
  order by ${lower(w.name)}, ${w.id}`,
})
/** Every workspace within reach, by name. */
export async function list(store: Store, reach: Reach): Promise<Workspace[]> {
  return (await store.all(reachable({ ...reach }))).map(toWorkspace)
}

/** The id behind a slug, for commands that the machine's own administrator gives. */
export async function idOf({ q, t: { workspaces: it } }: Store, slug: string): Promise<number | null> {
  const [row] = await q.select({ id: it.id }).from(it).where(eq(it.slug, slug))
  return row?.id ?? null
}

const made = { name: workspaces.name, slug: workspaces.slug, createdAt: workspaces.createdAt }
const add = statement({
  values: made,
  answer: { id: workspaces.id },
  text: ({ values, returning }) => sql`
  ${insert(workspaces, values)} where true
  on conflict (${name(workspaces.slug)}) do nothing ${returning}`,
})
const addFirstMember = statement({
  values: { slug: 'text', userId: 'text?', now: 'instant' },
  text: ({ values: { slug, userId, now } }) => sql`
  ${insert(members, { workspaceId: w.id, userId: u.id, role: sql`'admin'`, createdAt: now })}
  from ${table(w)}, ${table(u)}
  where ${w.slug} = ${slug} and ${w.createdAt} = ${now} and ${u.id} = ${userId}
  on conflict do nothing`,
})
/** Makes a workspace, with whoever made it as its admin. False: the slug is taken. */
export async function create(
  store: Store,
  { name, slug, userId }: { name: string; slug: string; userId: string | null },
  now: Date,
): Promise<boolean> {
  const [created] = await store.atomically([
    add({ name, slug, createdAt: now }),
    addFirstMember({ slug, userId, now }),
  ])
  return created.length === 1
}

const addToNone = statement({
  values: made,
  answer: { id: workspaces.id },
  text: ({ values, returning }) => sql`
  ${insert(workspaces, values)} where not exists (select 1 from ${table(w)})
  on conflict do nothing ${returning}`,
})
/** Makes a workspace in an empty database, and does nothing in any other. */
export async function createFirst(store: Store, name: string, slug: string, now: Date): Promise<boolean> {
  const [created] = await store.atomically([addToNone({ name, slug, createdAt: now })])
  return created.length === 1
}

export interface WorkspaceEdit {
  name?: string | undefined
  retentionDays?: number | null | undefined
  maxConcurrent?: number | null | undefined
  timezone?: string | undefined
}

/** Changes what is named; what is not named keeps its value, and null takes a limit away. */
export async function change(
  { q, t: { workspaces: it } }: Store,
  id: number,
  edit: WorkspaceEdit,
): Promise<void> {
  // An update needs something to set.
  if (Object.values(edit).every((value) => value === undefined)) return
  await q.update(it).set(edit).where(eq(it.id, id))
}

const adopt = statement({
  values: { userId: 'text', now: 'instant' },
  text: ({ values: { userId, now } }) => sql`
  ${insert(members, { workspaceId: w.id, userId: u.id, role: sql`'admin'`, createdAt: now })}
  from ${table(w)}, ${table(u)}
  where ${u.id} = ${userId} and not exists (select 1 from ${table(m)} where ${m.workspaceId} = ${w.id})`,
})
/** Makes a person the admin of every workspace that nobody belongs to. */
export const adoptEmpty = (userId: string, now: Date) => adopt({ userId, now })
