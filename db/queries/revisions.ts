/** The revisions of triggers and agents, the newest first. Reads only: whoever changes something keeps one. */
import { sql } from 'drizzle-orm'
import { alias, as, type RowsOf, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { nameBehind } from './rights.ts'

const r = alias(t.triggerRevisions, 'r')
const a = alias(t.agentRevisions, 'a')

const ofTriggers = statement({
  values: { id: 'int', upTo: 'int', limit: 'int' },
  answer: {
    revision: r.revision,
    config: r.config,
    at: r.createdAt,
    changedBy: r.changedBy,
    name: as('text?', nameBehind(r.changedBy)),
  },
  text: ({ answer, values: { id, upTo, limit } }) => sql`
  select ${answer} from ${table(r)} where ${r.triggerId} = ${id} and ${r.revision} <= ${upTo}
  order by ${r.revision} desc limit ${limit}`,
})
export type RevisionRow = RowsOf<typeof ofTriggers>

const ofAgents = statement({
  values: { workspaceId: 'int', id: 'text', upTo: 'int', limit: 'int' },
  answer: {
    revision: a.revision,
    config: a.config,
    at: a.createdAt,
    changedBy: a.changedBy,
    name: as('text?', nameBehind(a.changedBy)),
  },
  text: ({ answer, values: { workspaceId, id, upTo, limit } }) => sql`
  select ${answer} from ${table(a)}
  where ${a.workspaceId} = ${workspaceId} and ${a.agentId} = ${id} and ${a.revision} <= ${upTo}
  order by ${a.revision} desc limit ${limit}`,
})

interface Span {
  /** The newest that is wanted. */
  upTo: number
  limit: number
}
export const ofTrigger = (store: Store, id: number, span: Span): Promise<RevisionRow[]> =>
  store.all(ofTriggers({ id, ...span }))
export const ofAgent = (
  store: Store,
  { workspaceId, id }: { workspaceId: number; id: string },
  span: Span,
): Promise<RevisionRow[]> => store.all(ofAgents({ workspaceId, id, ...span }))
