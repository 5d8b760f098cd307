/** What has happened in a workspace, and what schedules made of it, or would. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { AnswerOf, Api } from '#lib/contract/api.ts'
import type { EvaluationVerdict } from '#lib/contract/evaluation.ts'
import type { EventTrigger } from '#lib/contract/event-trigger.ts'
import { call } from './call.ts'
import { drawn } from './drawn.ts'
import { keys } from './keys.ts'
import { firstPage, PAGE_OF } from './pages.ts'

/** What fires nothing is told by no live event: it is asked for now and then. */
const ASK_MS = 5000

export const useEvaluations = (slug: string, id: number, verdict: EvaluationVerdict | undefined) =>
  useQuery({
    queryKey: [...keys.schedule(slug, id), 'evaluations', verdict],
    queryFn: async ({ signal }) =>
      (await call('listEvaluations', { params: { slug, id }, query: { verdict }, signal })).evaluations,
    refetchInterval: ASK_MS,
  })

export type HappeningFilters = {
  type?: string | undefined
  q?: string | undefined
  from?: string | undefined
  to?: string | undefined
}
export type HappeningPage = AnswerOf<Api['listTriggerEvents']>

/**
 * Newest first, beginning with the event `upTo` where one is named.
 * `known`: the first page as the server said it while it drew the page; it is asked for once more.
 */
export const useHappenings = (
  slug: string,
  filters: HappeningFilters,
  { upTo, known }: { upTo?: number | undefined; known?: HappeningPage | undefined } = {},
) =>
  useInfiniteQuery({
    queryKey: keys.happeningList(slug, { ...filters, upTo }),
    ...drawn(known && firstPage(known)),
    queryFn: ({ pageParam, signal }) =>
      call('listTriggerEvents', {
        params: { slug },
        query: { ...filters, limit: PAGE_OF.happenings, cursor: pageParam },
        signal,
      }),
    initialPageParam: upTo === undefined ? undefined : (String(upTo + 1) as string | undefined),
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    select: (data) => data.pages.flatMap((it) => it.events),
  })

/** Which schedules looked at an event, and what they said; asked for once somebody wants to know. */
export const useHeard = (slug: string, id: number, wanted: boolean) =>
  useQuery({
    queryKey: [...keys.happenings(slug), 'heard', id],
    queryFn: ({ signal }) => call('getTriggerEvent', { params: { slug, id }, signal }),
    enabled: wanted,
  })

export const MOST_TRIED = 20
export type Tried = AnswerOf<Api['testTrigger']>['results'][number]

/** What a draft would have made of the newest events that it listens for; nothing is asked before it says for which. */
export const useTried = (slug: string, event: EventTrigger | null) =>
  useQuery({
    queryKey: [...keys.happenings(slug), 'tried', event],
    queryFn: async ({ signal }) => {
      const trigger = { name: 'draft', agentId: 'draft', kind: 'event', event: event ?? undefined }
      const body = { trigger, recent: MOST_TRIED }
      return (await call('testTrigger', { params: { slug }, body, signal })).results
    },
    enabled: event !== null,
    placeholderData: keepPreviousData,
    retry: false,
  })
