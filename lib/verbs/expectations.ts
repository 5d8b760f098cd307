/** Results that are due, late, or came after all. */
import { list as listed } from '#db/queries/expectations.ts'
import type { z } from 'zod'
import type { Expectation, ExpectationQuery } from '../contract/expectation.ts'
import type { Deps } from './deps.ts'
import { cursorAfter, place } from './places.ts'

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** The newest first. */
export async function list(
  { store }: Pick<Deps, 'store'>,
  workspaceId: number,
  { limit, cursor, status, triggerId }: z.infer<typeof ExpectationQuery>,
): Promise<{ expectations: Expectation[]; nextCursor: string | null }> {
  const rows = await listed(store, workspaceId, {
    triggerId,
    state: status,
    before: place(cursor),
    limit: limit + 1,
  })
  const expectations = rows.slice(0, limit).map(({ anyRun, ...it }) => ({
    ...it,
    occurrence: anyRun ? null : it.occurrence,
    dueBy: new Date(it.dueBy).toISOString(),
    missedAt: iso(it.missedAt),
    recoveredAt: iso(it.recoveredAt),
  }))
  return { expectations, nextCursor: cursorAfter(rows, limit) }
}
