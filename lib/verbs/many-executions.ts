/**
 * All runs that fit a filter: counted, handed out, run again, cancelled.
 *
 * Promise: a page at a time, whatever their number; what is done is done to those that fitted when it began, one by
 * one, as by hand, and what was refused is said.
 */
import * as executions from '#db/queries/executions.ts'
import type { HistoryFilter } from '#db/queries/executions.ts'
import { MOST_AT_ONCE } from '../contract/at-once.ts'
import type { By } from '../contract/by.ts'
import type { Execution } from '../contract/execution.ts'
import {
  type ExportQuery,
  type ManyDone,
  type ManyExecutions,
  MOST_COUNTED,
} from '../contract/many-executions.ts'
import { ProblemError, problemOf } from '../contract/problem.ts'
import { LIVE, ENDED, isOneOf } from '../contract/states.ts'
import type { Deps } from './deps.ts'
import * as one from './executions.ts'
import { MEDIA_TYPES, textOf } from './exporting.ts'

type Filter = Omit<ManyExecutions, 'count'>
const PAGE = 200

const filterOf = ({ from, to, ...filter }: Filter): HistoryFilter => ({
  ...filter,
  from: from ? new Date(from) : undefined,
  to: to ? new Date(to) : undefined,
})

/** Newest first, page by page, as long as somebody asks for more. */
export async function* pages(
  { store }: Pick<Deps, 'store'>,
  workspaceId: number,
  filter: Filter,
): AsyncGenerator<Execution[]> {
  let place: executions.Place | null = null
  for (;;) {
    const page: Execution[] = await executions.list(store, workspaceId, filterOf(filter), place, PAGE)
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    place = { queuedAt: Date.parse(last.queuedAt), id: last.id }
  }
}

/** As a file, which is read while it is written. */
export const file = (
  deps: Pick<Deps, 'store'>,
  { id, slug }: { id: number; slug: string },
  { format, ...filter }: ExportQuery,
) => ({
  name: `runs of ${slug}.${format}`,
  type: MEDIA_TYPES[format],
  text: textOf(format, pages(deps, id, filter)),
})

export async function count(
  deps: Pick<Deps, 'store'>,
  workspaceId: number,
  filter: Filter,
): Promise<{ count: number; more: boolean; runs: number }> {
  const found = await executions.count(deps.store, workspaceId, filterOf(filter), MOST_COUNTED + 1)
  const count = Math.min(found, MOST_COUNTED)
  if (found > MOST_COUNTED) return { count, more: true, runs: count }
  const beside = await executions.countBeside(deps.store, workspaceId, filterOf(filter), MOST_COUNTED)
  return { count, more: false, runs: count + beside }
}

export const retryAll = (deps: Deps, workspaceId: number, asked: ManyExecutions, by: By): Promise<ManyDone> =>
  withAll(deps, workspaceId, within(asked, ENDED), (id) => one.retry(deps, workspaceId, id, by))

export const cancelAll = (
  deps: Deps,
  workspaceId: number,
  asked: ManyExecutions,
  by: By,
): Promise<ManyDone> =>
  withAll(deps, workspaceId, within(asked, LIVE), (id) => one.cancel(deps, workspaceId, id, by))

/** Of those that are asked for, the ones that it can be done with. */
function within(asked: ManyExecutions, statuses: readonly Execution['status'][]): ManyExecutions {
  const wanted = asked.status ?? statuses
  return { ...asked, status: wanted.filter((it) => isOneOf(it, statuses)) as Execution['status'][] }
}

async function withAll(
  deps: Deps,
  workspaceId: number,
  { count: seen, ...filter }: ManyExecutions,
  perform: (id: number) => Promise<unknown>,
): Promise<ManyDone> {
  const ids = filter.status?.length === 0 ? [] : await idsOf(deps, workspaceId, filter)
  if (ids.length > MOST_AT_ONCE)
    throw new ProblemError(409, `More than ${MOST_AT_ONCE} runs fit: narrow the filter, then repeat it.`)
  if (seen !== undefined && seen !== ids.length)
    throw new ProblemError(
      409,
      `${ids.length} runs fit now, not ${seen}. Look at them again, then repeat it.`,
    )
  const refused: ManyDone['refused'] = []
  for (const id of ids) {
    try {
      await perform(id)
    } catch (error) {
      const problem = problemOf(error)
      if (!problem) throw error
      refused.push({ id, reason: problem.detail })
    }
  }
  return { done: ids.length - refused.length, refused }
}

/** One more than may be, if there are so many. The oldest first: that is the order they came in. */
async function idsOf(deps: Pick<Deps, 'store'>, workspaceId: number, filter: Filter): Promise<number[]> {
  const ids: number[] = []
  for await (const page of pages(deps, workspaceId, filter)) {
    ids.push(...page.map((it) => it.id))
    if (ids.length > MOST_AT_ONCE) break
  }
  return ids.toReversed()
}
