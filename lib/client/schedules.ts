/** Schedules of every kind: lists, one by one, their previews, and what can be done with them. */
import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { AnswerOf, Api, BodyInput } from '#lib/contract/api.ts'
import type { SinceSuccess } from '#lib/contract/since-success.ts'
import type { Asked } from '#lib/contract/timeline.ts'
import type { Health, Trigger } from '#lib/contract/trigger.ts'
import { call } from './call.ts'
import { drawn } from './drawn.ts'
import { newId } from './id.ts'
import { viewerZone } from './reading.ts'
import { keys } from './keys.ts'
import { firstPage, PAGE_OF } from './pages.ts'

export type ScheduleFilters = {
  q?: string | undefined
  health?: Health | undefined
  kind?: string | undefined
  tag?: string | undefined
  /** Those that were deleted in the last 30 days. */
  deleted?: 'true' | undefined
  /** Without it, as they were made. */
  sort?: 'trouble' | undefined
}
export type ListPage = AnswerOf<Api['listTriggers']>
type Lists = InfiniteData<ListPage, string | undefined>

/**
 * `data` is the flat list of all pages that were loaded.
 * `known`: the first page as the server said it while it drew the page; it is asked for once more.
 */
export const useSchedules = (slug: string, filters: ScheduleFilters = {}, known?: ListPage) =>
  useInfiniteQuery({
    queryKey: keys.scheduleList(slug, filters),
    ...drawn(known && firstPage(known)),
    queryFn: ({ pageParam, signal }) =>
      call('listTriggers', {
        params: { slug },
        query: { ...filters, limit: PAGE_OF.schedules, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    select: (data) => data.pages.flatMap((it) => it.triggers),
  })

/** `known`: what the server said while it drew the page. */
export const useSchedule = (slug: string, id: number, known?: Trigger | null) =>
  useQuery({
    queryKey: keys.schedule(slug, id),
    ...drawn(known),
    queryFn: async ({ signal }) => (await call('getTrigger', { params: { slug, id }, signal })).trigger,
  })

export const useScheduleStats = (slug: string, id: number) =>
  useQuery({
    queryKey: keys.scheduleStats(slug, id),
    queryFn: async ({ signal }) => (await call('triggerStats', { params: { slug, id }, signal })).stats,
  })

export const useSchedulePreview = (slug: string, id: number, count = 10) =>
  useQuery({
    queryKey: [...keys.schedulePreview(slug, id), count],
    queryFn: ({ signal }) =>
      call('previewTrigger', {
        params: { slug, id },
        query: { count, viewerTimezone: viewerZone() },
        signal,
      }),
  })

/** Why it ran, or did not; nothing is asked where there is nothing to ask with. */
export const useWhy = (slug: string, id: number, asked: Asked | null) =>
  useQuery({
    queryKey: [...keys.schedule(slug, id), 'why', asked],
    queryFn: ({ signal }) => call('whyTrigger', { params: { slug, id }, query: asked ?? {}, signal }),
    enabled: asked !== null,
  })

/** What is another since it last worked. `executionId`: seen from that run. */
export const useSinceSuccess = (
  slug: string,
  id: number,
  executionId: number | undefined,
  known: SinceSuccess | null,
) =>
  useQuery({
    ...drawn(known),
    queryKey: [...keys.schedule(slug, id), 'since-success', executionId],
    queryFn: ({ signal }) =>
      call('sinceSuccess', {
        params: { slug, id },
        query: { executionId: executionId && String(executionId) },
        signal,
      }),
  })

function useKeeping(slug: string) {
  const client = useQueryClient()
  /** Writes what the server answered where it is shown. */
  return (schedule: Trigger) => {
    client.setQueryData(keys.schedule(slug, schedule.id), schedule)
    return client.invalidateQueries({ queryKey: keys.schedules(slug) })
  }
}

export function useCreateSchedule(slug: string) {
  const keep = useKeeping(slug)
  return useMutation({
    mutationFn: ({
      idempotencyKey,
      ...body
    }: BodyInput<Api['createTrigger']> & { idempotencyKey?: string }) =>
      call('createTrigger', { params: { slug }, body, idempotencyKey }),
    onSuccess: ({ trigger }) => keep(trigger),
  })
}

export function useChangeSchedule(slug: string, id: number) {
  const keep = useKeeping(slug)
  return useMutation({
    mutationFn: (body: BodyInput<Api['changeTrigger']>) =>
      call('changeTrigger', { params: { slug, id }, body }),
    onSuccess: ({ trigger }) => keep(trigger),
  })
}

export function useDeleteSchedule(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => call('deleteTrigger', { params: { slug, id } }),
    onSuccess(_, id) {
      client.removeQueries({ queryKey: keys.schedule(slug, id) })
      return client.invalidateQueries({ queryKey: keys.schedules(slug) })
    },
  })
}

/** A deleted one comes back. */
export function useRestoreSchedule(slug: string) {
  const keep = useKeeping(slug)
  return useMutation({
    mutationFn: (id: number) => call('restoreTrigger', { params: { slug, id }, idempotencyKey: newId() }),
    onSuccess: ({ trigger }) => keep(trigger),
  })
}

/** Shown at once, taken back if it is refused. */
export function useToggleSchedule(slug: string) {
  const client = useQueryClient()
  const keep = useKeeping(slug)
  return useMutation({
    mutationFn: ({ id, ...body }: { id: number } & BodyInput<Api['toggleTrigger']>) =>
      call('toggleTrigger', { params: { slug, id }, body }),
    async onMutate({ id, enabled }) {
      await client.cancelQueries({ queryKey: keys.schedules(slug) })
      const one = client.getQueryData<Trigger>(keys.schedule(slug, id))
      const lists = client.getQueriesData<Lists>({ queryKey: [...keys.schedules(slug), 'list'] })
      const turned = (it: Trigger): Trigger => {
        const on = enabled ?? !it.enabled
        return {
          ...it,
          enabled: on,
          health: on ? (it.lastRunAt ? 'healthy' : 'new') : 'paused',
          nextRunAt: on ? it.nextRunAt : null,
          pausedReason: null,
          disabledReason: null,
        }
      }
      if (one) client.setQueryData(keys.schedule(slug, id), turned(one))
      for (const [key, list] of lists) {
        if (list)
          client.setQueryData<Lists>(key, {
            ...list,
            pages: list.pages.map((page) => ({
              ...page,
              triggers: page.triggers.map((it) => (it.id === id ? turned(it) : it)),
            })),
          })
      }
      return { one, lists }
    },
    onError(_, { id }, before) {
      if (before?.one) client.setQueryData(keys.schedule(slug, id), before.one)
      for (const [key, list] of before?.lists ?? []) client.setQueryData(key, list)
    },
    onSuccess: ({ trigger }) => keep(trigger),
  })
}

export function useRunSchedule(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({
      id,
      context,
      staged = false,
      idempotencyKey,
    }: {
      id: number
      context?: Record<string, unknown> | undefined
      staged?: boolean | undefined
      idempotencyKey?: string | undefined
    }) =>
      call('runTrigger', {
        params: { slug, id },
        body: { staged, ...(context && { context }) },
        idempotencyKey: idempotencyKey ?? newId(),
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.executionLists(slug) }),
  })
}
