/** A search over all that a workspace has. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { call } from './call.ts'
import { keys } from './keys.ts'

export const useSearch = (slug: string, q: string, within: string) =>
  useInfiniteQuery({
    queryKey: keys.found(slug, q, within),
    queryFn: ({ pageParam, signal }) => {
      const query = { q, in: within || undefined, cursor: pageParam, limit: 30 }
      return call('search', { params: { slug }, query, signal })
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    enabled: q.length >= 2,
    placeholderData: keepPreviousData,
    select: ({ pages }) => pages.flatMap((it) => it.hits),
  })
