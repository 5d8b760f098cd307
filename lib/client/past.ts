/** What a schedule that is being edited would have done so far. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call } from './call.ts'
import { keys } from './keys.ts'

type Draft = BodyInput<Api['simulateTrigger']>['trigger']
const WEEK_MS = 7 * 86_400_000

/** In the last 7 days; `id`: whose draft it is. Null: there is nothing to try yet. */
export const useLastWeek = (slug: string, draft: Draft | null, id: number | undefined) =>
  useQuery({
    queryKey: keys.draftPast(slug, JSON.stringify(draft), id ?? null),
    enabled: draft !== null,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) => {
      const to = new Date()
      const span = { from: new Date(to.getTime() - WEEK_MS).toISOString(), to: to.toISOString() }
      const body = { trigger: draft as Draft, ...span, ...(id !== undefined && { id }) }
      return call('simulateTrigger', { params: { slug }, body, signal })
    },
  })
