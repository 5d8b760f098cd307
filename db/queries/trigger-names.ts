/** Triggers by their names, as people type them. Those of the chat itself are not among them. */
import { type SQL, sql } from 'drizzle-orm'
import { containing } from '../containing.ts'
import { alias, type RowsOf, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const tr = alias(t.triggers, 't')

const isHere = (workspaceId: SQL) =>
  sql`${tr.workspaceId} = ${workspaceId} and ${tr.deletedAt} is null and ${tr.kind} <> 'chat'`
const shown = { id: tr.id, name: tr.name, enabled: tr.enabled }

const beginning = statement({
  values: { workspaceId: 'int', typed: 'text', id: 'int', rest: 'text', limit: 'int' },
  answer: shown,
  text: ({ answer, lower, values: { workspaceId, typed, id, rest, limit } }) => sql`
  select ${answer} from ${table(tr)}
  where ${isHere(workspaceId)}
    and (substr(${lower(tr.name)}, 1, length(${typed})) = ${typed} or ${tr.id} = ${id}
      or (${rest} <> '' and substr(${rest}, 1, length(${lower(tr.name)})) = ${lower(tr.name)}))
  order by length(${tr.name}), ${lower(tr.name)}, ${tr.id} limit ${limit}`,
})
export type NamedTrigger = RowsOf<typeof beginning>

/** Whose names begin with what was typed, or with whose names the rest of a line begins; or the one of the id. */
export function alike(
  store: Store,
  workspaceId: number,
  { typed, id = null, rest, limit }: { typed: string; id?: number | null; rest: string; limit: number },
): Promise<NamedTrigger[]> {
  return store.all(
    beginning({ workspaceId, typed: typed.toLowerCase(), id: id ?? 0, rest: rest.toLowerCase(), limit }),
  )
}

const having = statement({
  values: { workspaceId: 'int', words: 'text?', limit: 'int' },
  answer: shown,
  text: ({ answer, lower, values: { workspaceId, words, limit } }) => sql`
  select ${answer} from ${table(tr)}
  where ${isHere(workspaceId)} and (${words} is null or ${lower(tr.name)} like ${words} escape '\\')
  order by ${lower(tr.name)}, ${tr.id} limit ${limit}`,
})
/** Those that have the words, or a part of the first of them, in their names; of none that is like it, any. */
export async function near(
  store: Store,
  workspaceId: number,
  typed: string,
  limit: number,
): Promise<NamedTrigger[]> {
  const first = typed.trim().split(/\s+/)[0] ?? ''
  for (const words of [typed, first, first.slice(0, 3), '']) {
    const found = await store.all(having({ workspaceId, words: containing(words), limit }))
    if (found.length > 0) return found
  }
  return []
}
