/** Results that are due, late, or came after all. */
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ExpectationState } from '#lib/contract/expectation.ts'
import { call } from './call.ts'
import { keys } from './keys.ts'

interface Which {
  status?: ExpectationState | undefined
  triggerId?: number | undefined
}
const PAGE = 20
/** What is due is opened and met without an event that tells of it. */
const REFRESH_MS = 30_000

/** The newest first; `data` is the flat list of all pages that were loaded. */
export const useExpectations = (slug: string, { status, triggerId }: Which) =>
  useInfiniteQuery({
    queryKey: keys.expectationList(slug, { status, triggerId }),
    queryFn: ({ pageParam, signal }) =>
      call('listExpectations', {
        params: { slug },
        query: {
          ...{ limit: PAGE, cursor: pageParam },
          ...(status && { status }),
          ...(triggerId !== undefined && { triggerId: String(triggerId) }),
        },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((it) => it.expectations),
    refetchInterval: REFRESH_MS,
  })
