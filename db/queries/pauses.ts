/** What came while triggers were off, so that it can be said as one row, and caught up on request. */
import { sql } from 'drizzle-orm'
import { alias, as, type RowsOf, type Statement, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const v = alias(t.evaluations, 'v')
const tr = alias(t.triggers, 't')

/** No row says it yet. */
const isUntold = (it: typeof v) => sql`${it.verdict} = 'paused' and ${it.occurrence} is null`
const untold = statement({
  values: { triggerId: 'int?' },
  answer: {
    triggerId: tr.id,
    workspaceId: tr.workspaceId,
    kind: tr.kind,
    overlap: tr.overlap,
    count: as('int', sql`sum(${v.count})`),
    from: as('instant', sql`min(${v.firstAt})`),
    to: as('instant', sql`max(${v.lastAt})`),
    reason: as('text?', sql`max(${v.reason})`),
    upTo: as('int', sql`max(${v.id})`),
  },
  text: ({ answer, values: { triggerId } }) => sql`
  select ${answer} from ${table(v)} join ${table(tr)} on ${tr.id} = ${v.triggerId}
  where ${isUntold(v)} and ${tr.deletedAt} is null
    and (${tr.id} = ${triggerId} or (${triggerId} is null and ${tr.enabled}))
  group by ${tr.id}, ${tr.workspaceId}, ${tr.kind}, ${tr.overlap}`,
})
export type Pause = RowsOf<typeof untold>
/** Of triggers that are on again; or of one that is about to be, or to be deleted. */
export const untoldPauses = (store: Store, triggerId: number | null = null): Promise<Pause[]> =>
  store.all(untold({ triggerId }))

const markTold = statement({
  values: { triggerId: 'int', upTo: 'int', occurrence: 'text' },
  text: ({ values: { triggerId, upTo, occurrence } }) => sql`
  update ${table(v)} ${set(v, { occurrence })}
  where ${v.triggerId} = ${triggerId} and ${v.id} <= ${upTo} and ${isUntold(v)}`,
})
/** A row of the history says it: what comes from now on is another pause. */
export const told = (pause: Pause, occurrence: string): Statement =>
  markTold({ triggerId: pause.triggerId, upTo: pause.upTo, occurrence })
