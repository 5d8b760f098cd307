/** Who changed what. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { call } from './call.ts'

export type AuditFilters = {
  actor?: string | undefined
  action?: string | undefined
  object?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

export const useAudit = (slug: string, filters: AuditFilters) =>
  useInfiniteQuery({
    queryKey: ['workspace', slug, 'audit', filters],
    queryFn: ({ pageParam: cursor, signal }) =>
      call('listAudit', { params: { slug }, query: { ...filters, cursor }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    select: (data) => data.pages.flatMap((it) => it.entries),
  })
