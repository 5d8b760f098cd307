/** The timeline: lanes page by page as they come into sight, and why something ran or did not. */
import { keepPreviousData, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Lane, Timeline } from '#lib/contract/timeline.ts'
import { call } from './call.ts'
import { drawn } from './drawn.ts'
import { keys } from './keys.ts'
import { PAGE_OF } from './pages.ts'

export type TimelineAsked = {
  from: string
  to: string
  q?: string | undefined
  show?: 'trouble' | undefined
  triggerId?: number | undefined
}

const MINUTE_MS = 60_000

const pageOf = (slug: string, asked: TimelineAsked, n: number) => ({
  queryKey: keys.timeline(slug, { ...asked, page: n }),
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const { triggerId, ...others } = asked
    const query = {
      ...others,
      ...(triggerId !== undefined && { triggerId }),
      limit: PAGE_OF.lanes,
      ...(n > 0 && { cursor: String(n * PAGE_OF.lanes) }),
    }
    return (await call('timeline', { params: { slug }, query, signal })).timeline
  },
  // What is due and has no row yet is told by no event.
  refetchInterval: MINUTE_MS,
})

export interface Lanes {
  first: Timeline | undefined
  /** Of another question than the one that is asked. */
  isOld: boolean
  error: Error | null
  refetch(): unknown
  laneAt(index: number): Lane | undefined
  shifts: Timeline['shifts']
}

/** `inSight`: pages whose lanes are on the screen. `known`: the first page, as the server drew it. */
export function useTimeline(
  slug: string,
  asked: TimelineAsked,
  inSight: readonly number[],
  known: Timeline | undefined,
): Lanes {
  const first = useQuery({
    ...pageOf(slug, asked, 0),
    ...drawn(known),
    placeholderData: keepPreviousData,
  })
  const others = inSight.filter((n) => n > 0)
  const pages = useQueries({ queries: others.map((n) => pageOf(slug, asked, n)) })
  const at = new Map(others.map((n, i) => [n, pages[i]?.data]))
  at.set(0, first.data)
  const shifts = new Map(
    [...at.values()].flatMap((it) => it?.shifts ?? []).map((it) => [`${it.timezone} ${it.at}`, it]),
  )
  return {
    first: first.data,
    isOld: first.isPlaceholderData,
    error: first.error,
    refetch: first.refetch,
    laneAt: (index) => at.get(Math.floor(index / PAGE_OF.lanes))?.lanes[index % PAGE_OF.lanes],
    shifts: [...shifts.values()],
  }
}

export const useCalendarFeeds = () =>
  useQuery({
    queryKey: keys.calendarFeeds,
    queryFn: async ({ signal }) => (await call('listCalendarFeeds', { signal })).feeds,
  })

export function useAddCalendarFeed() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (slug: string) => call('addCalendarFeed', { body: { slug } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.calendarFeeds }),
  })
}

export function useEndCalendarFeed() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => call('deleteCalendarFeed', { params: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.calendarFeeds }),
  })
}
