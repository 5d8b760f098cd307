/** Figures of a workspace over the time just past, for what watches them. Reads only. */
import { sql } from 'drizzle-orm'
import { NEVER_RAN } from '#lib/contract/states.ts'
import { alias, as, type RowsOf, statement, t, table } from '../statement.ts'
import { isOneOf, status } from '../states.ts'
import type { Store } from '../store.ts'

const e = alias(t.executions, 'e')
const m = alias(t.messages, 'm')
const d = alias(t.documents, 'd')

/** An execution that ended in the window was queued at the most so long before it: the longest timeout is a day. */
const LONGEST_RUN_MS = 86_400_000
/** Of messages the newest so many are looked at. */
const MOST_MESSAGES = 10_000

const of = { workspaceId: 'int', since: 'instant' } as const
const runs = statement({
  values: { ...of, from: 'instant', except: 'int?', all: 'flag' },
  rows: 'int',
  answer: {
    executions: as('int', sql`count(*)`),
    failures: as('int', sql`coalesce(sum(case when ${e.status} = ${status('failed')} then 1 else 0 end), 0)`),
    successes: as(
      'int',
      sql`coalesce(sum(case when ${e.status} = ${status('success')} then 1 else 0 end), 0)`,
    ),
    cost: as('real', sql`coalesce(sum(${e.cost}), 0)`),
    tokens: as('int', sql`coalesce(sum(${e.tokensUsed}), 0)`),
  },
  text: ({ page, row, answer, values: { workspaceId, since, from, except, all } }) => sql`
  select ${answer} from ${table(e)}
  where ${e.workspaceId} = ${workspaceId} and ${e.queuedAt} >= ${from}
    and coalesce(${e.completedAt}, ${e.queuedAt}) >= ${since}
    and not ${isOneOf(e.status, NEVER_RAN)} and not ${e.staged}
    and (${except} is null or ${e.triggerId} <> ${except})
    and (${all} or ${e.triggerId} in (select ${row} from ${page}))`,
})
export type RunFigures = RowsOf<typeof runs>
/** What has run since then, or still runs; of all triggers but `except` where none are named. */
export async function runFigures(
  store: Store,
  {
    workspaceId,
    since,
    triggerIds,
    except,
  }: { workspaceId: number; since: Date; triggerIds: number[] | null; except: number | null },
): Promise<RunFigures> {
  const [row] = await store.all(
    runs({
      workspaceId,
      since,
      from: since.getTime() - LONGEST_RUN_MS,
      except: triggerIds === null ? except : null,
      all: triggerIds === null,
      rows: triggerIds ?? [],
    }),
  )
  return row as RunFigures
}

const written = statement({
  values: { ...of, most: 'int' },
  answer: { n: as('int', sql`count(*)`) },
  text: ({ answer, values: { workspaceId, since, most } }) => sql`
  select ${answer} from (
    select ${m.kind} as kind, ${m.createdAt} as created_at from ${table(m)}
    where ${m.workspaceId} = ${workspaceId} and ${m.include} = true order by ${m.id} desc limit ${most}) r
  where r.kind = 'person' and r.created_at >= ${since}`,
})
/** What people have written since then. */
export const messagesSince = async (store: Store, workspaceId: number, since: Date): Promise<number> =>
  (await store.all(written({ workspaceId, since, most: MOST_MESSAGES })))[0]?.n ?? 0

const kept = statement({
  values: of,
  answer: { n: as('int', sql`count(*)`) },
  text: ({ answer, values: { workspaceId, since } }) => sql`
  select ${answer} from ${table(d)}
  where ${d.workspaceId} = ${workspaceId} and coalesce(${d.updatedAt}, ${d.createdAt}) >= ${since}`,
})
/** Documents that came or were changed since then. */
export const documentsSince = async (store: Store, workspaceId: number, since: Date): Promise<number> =>
  (await store.all(kept({ workspaceId, since })))[0]?.n ?? 0
