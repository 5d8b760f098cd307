/** Texts that are kept in confidence, by name. Values are sealed before they come here. */
import { and, asc, eq, inArray, isNull, like, or, sql } from 'drizzle-orm'
import { alias, insert, names, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

export type SecretRow = Store['t']['secrets']['$inferSelect']

export const list = (store: Store, workspaceId: number): Promise<SecretRow[]> =>
  store.q
    .select()
    .from(store.t.secrets)
    .where(eq(store.t.secrets.workspaceId, workspaceId))
    .orderBy(asc(store.t.secrets.name))

/** Those of the names that are there. */
export const named = (store: Store, workspaceId: number, names: string[]): Promise<SecretRow[]> =>
  names.length === 0
    ? Promise.resolve([])
    : store.q
        .select()
        .from(store.t.secrets)
        .where(and(eq(store.t.secrets.workspaceId, workspaceId), inArray(store.t.secrets.name, names)))

const s = alias(t.secrets, 's')
const given = alias(t.secrets, 'excluded')
const put = statement({
  values: { workspaceId: 'int', name: 'text', value: 'text', by: 'text', now: 'instant', most: 'int' },
  answer: { name: t.secrets.name },
  text: ({ values: v, returning }) => sql`
  ${insert(t.secrets, {
    workspaceId: v.workspaceId,
    name: v.name,
    value: v.value,
    updatedBy: v.by,
    updatedAt: v.now,
  })}
  where ${v.most} > (
    select count(*) from ${table(s)} where ${s.workspaceId} = ${v.workspaceId} and ${s.name} <> ${v.name})
  on conflict (${names(s.workspaceId, s.name)}) do update ${set(t.secrets, {
    value: sql`${given.value}`,
    updatedBy: sql`${given.updatedBy}`,
    updatedAt: sql`${given.updatedAt}`,
  })}
  ${returning}`,
})
/** False where the workspace has as many as it may. */
export async function write(
  store: Store,
  it: { workspaceId: number; name: string; value: string; by: string; now: Date; most: number },
): Promise<boolean> {
  const [written] = await store.atomically([put(it)])
  return written.length > 0
}

export async function remove(store: Store, workspaceId: number, name: string): Promise<boolean> {
  const { secrets: it } = store.t
  const removed = await store.q
    .delete(it)
    .where(and(eq(it.workspaceId, workspaceId), eq(it.name, name)))
    .returning({ name: it.name })
  return removed.length > 0
}

/** Contexts of schedules, what they watch and what must hold before they run, where they name secrets. */
export const contextsWithRefs = (store: Store, workspaceId: number) => {
  const { triggers: it } = store.t
  return store.q
    .select({ id: it.id, name: it.name, context: it.context, config: it.config, onlyIf: it.onlyIf })
    .from(it)
    .where(
      and(
        eq(it.workspaceId, workspaceId),
        isNull(it.deletedAt),
        or(
          like(it.context, '%"secret:v1:%'),
          like(it.config, '%{"secret":"%'),
          like(it.onlyIf, '%{"secret":"%'),
        ),
      ),
    )
    .orderBy(asc(it.id))
}
