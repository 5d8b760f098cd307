/** Executions: the history, one with its steps, and what can be done with them. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { AnswerOf, Api } from '#lib/contract/api.ts'
import type { Execution, ExecutionDetail, Status } from '#lib/contract/execution.ts'
import { addressOf, call } from './call.ts'
import { drawn } from './drawn.ts'
import { endpoints } from './endpoints.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'
import { firstPage, PAGE_OF } from './pages.ts'

/** `status`: one or several, joined by commas. `from`, `to`: instants. */
export type ExecutionFilters = {
  status?: string | undefined
  triggerId?: number | undefined
  kind?: string | undefined
  from?: string | undefined
  to?: string | undefined
  q?: string | undefined
  sort?: 'trouble' | undefined
}

export type ExecutionPage = AnswerOf<Api['listExecutions']>
export type ExecutionCount = AnswerOf<Api['countExecutions']>

/**
 * Newest first; `data` is the flat list of all pages that were loaded.
 * `known`: the first page as the server said it while it drew the page; it is asked for once more.
 */
export const useExecutions = (
  slug: string,
  filters: ExecutionFilters = {},
  { limit = PAGE_OF.executions, known }: { limit?: number; known?: ExecutionPage | undefined } = {},
) =>
  useInfiniteQuery({
    queryKey: keys.executionList(slug, { ...filters, limit }),
    ...drawn(known && firstPage(known)),
    queryFn: ({ pageParam, signal }) =>
      call('listExecutions', { params: { slug }, query: { ...filters, limit, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    select: (data) => unique(data.pages.flatMap((it) => it.executions)),
  })

/** Pages overlap when something new moved the older ones along. */
function unique(executions: Execution[]): Execution[] {
  const seen = new Set<number>()
  return executions.filter(({ id }) => !seen.has(id) && seen.add(id))
}

/** `known`: what the server said while it drew the page. */
export const useExecution = (slug: string, id: number, known?: ExecutionDetail | null) =>
  useQuery({
    queryKey: keys.execution(slug, id),
    ...drawn(known),
    queryFn: async ({ signal }) => (await call('getExecution', { params: { slug, id }, signal })).execution,
  })

export function useCancelExecution(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => call('cancelExecution', { params: { slug, id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.executions(slug) }),
  })
}

export function useRetryExecution(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, config = 'current' }: { id: number; config?: 'current' | 'same' }) =>
      call('retryExecution', { params: { slug, id }, body: { config }, idempotencyKey: newId() }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.executions(slug) }),
  })
}

/** How many fit. */
export const useExecutionCount = (slug: string, filters: ExecutionFilters, enabled = true) =>
  useQuery({
    queryKey: [...keys.executionLists(slug), 'count', filters],
    queryFn: ({ signal }) => call('countExecutions', { params: { slug }, query: asQuery(filters), signal }),
    placeholderData: keepPreviousData,
    enabled,
  })

/** In which order does not matter to what is done with all. */
const asQuery = ({ triggerId, sort: _, ...others }: ExecutionFilters) => ({
  ...others,
  ...(triggerId !== undefined && { triggerId: String(triggerId) }),
})

/** Where the browser itself goes for the file. */
export const exportAddress = (
  slug: string,
  { sort: _, ...filters }: ExecutionFilters,
  format: 'csv' | 'json' | 'ndjson',
) => addressOf(endpoints.exportExecutions.split(' ')[1] as string, { slug }, { ...filters, format })

/** Runs all that fit again, or cancels them. `count`: how many were seen to fit; another number now is refused. */
export function useDoWithAll(slug: string, which: 'retryExecutions' | 'cancelExecutions') {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ status, sort: _, ...filters }: ExecutionFilters & { count?: number | undefined }) =>
      call(which, {
        params: { slug },
        body: { ...filters, ...(status && { status: status.split(',') as Status[] }) },
        idempotencyKey: newId(),
      }),
    // Refused too: those that are shown are others by now.
    onSettled: () => client.invalidateQueries({ queryKey: keys.executions(slug) }),
  })
}

/** Its neighbours, and how it differs from the one before. */
export const useBeside = (slug: string, id: number) =>
  useQuery({
    queryKey: [...keys.execution(slug, id), 'beside'],
    queryFn: ({ signal }) => call('besideExecution', { params: { slug, id }, signal }),
  })
