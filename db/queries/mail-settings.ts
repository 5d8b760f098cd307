/** Through which server mail is sent: of one workspace, and of the whole installation. Passwords come here sealed. */
import { eq, sql } from 'drizzle-orm'
import { alias, insert, names, set, statement, t } from '../statement.ts'
import type { Store } from '../store.ts'

export type MailRow = Store['t']['mailSettings']['$inferSelect']

/** `workspaceId` null: those of the installation. */
const scopeOf = (workspaceId: number | null) =>
  workspaceId === null ? 'installation' : `workspace ${workspaceId}`

export async function get(store: Store, workspaceId: number | null): Promise<MailRow | null> {
  const { mailSettings: it } = store.t
  const [row] = await store.q
    .select()
    .from(it)
    .where(eq(it.scope, scopeOf(workspaceId)))
  return row ?? null
}

const given = alias(t.mailSettings, 'excluded')
const put = statement({
  values: {
    ...{ scope: 'text', workspaceId: 'int?', host: 'text', port: 'int', secure: 'flag', user: 'text?' },
    ...{ password: 'text?', from: 'text', by: 'text', now: 'instant' },
  } as const,
  text: ({ values: v }) => sql`
  ${insert(t.mailSettings, {
    scope: v.scope,
    workspaceId: v.workspaceId,
    host: v.host,
    port: v.port,
    secure: v.secure,
    user: v.user,
    password: v.password,
    from: v.from,
    updatedBy: v.by,
    updatedAt: v.now,
  })}
  where true on conflict (${names(given.scope)}) do update ${set(t.mailSettings, {
    host: sql`${given.host}`,
    port: sql`${given.port}`,
    secure: sql`${given.secure}`,
    user: sql`${given.user}`,
    password: sql`${given.password}`,
    from: sql`${given.from}`,
    updatedBy: sql`${given.updatedBy}`,
    updatedAt: sql`${given.updatedAt}`,
  })}`,
})
export async function write(
  store: Store,
  it: Omit<MailRow, 'scope' | 'updatedAt' | 'updatedBy'> & { by: string; now: Date },
): Promise<void> {
  await store.atomically([put({ ...it, scope: scopeOf(it.workspaceId) })])
}

export async function remove(store: Store, workspaceId: number | null): Promise<boolean> {
  const { mailSettings: it } = store.t
  const removed = await store.q
    .delete(it)
    .where(eq(it.scope, scopeOf(workspaceId)))
    .returning({ scope: it.scope })
  return removed.length > 0
}
