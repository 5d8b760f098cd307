/** Telling people elsewhere: rules, what fails, and what was told. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

export const useRules = (slug: string) =>
  useQuery({
    queryKey: keys.rules(slug),
    queryFn: ({ signal }) => call('listRules', { params: { slug }, signal }),
  })

export type IncidentStatus = 'open' | 'closed'
/** The newest of them. */
export const useIncidents = (slug: string, status: IncidentStatus) =>
  useQuery({
    queryKey: keys.incidentList(slug, status),
    queryFn: async ({ signal }) =>
      (await call('listIncidents', { params: { slug }, query: { status }, signal })).incidents,
  })

/** Newest first; `data` is the flat list of all pages that were loaded. */
export const useDeliveries = (slug: string, executionId?: number) =>
  useInfiniteQuery({
    queryKey: keys.deliveryList(slug, { executionId }),
    queryFn: ({ pageParam, signal }) =>
      call('listDeliveries', {
        params: { slug },
        query: { limit: 20, cursor: pageParam, ...(executionId && { executionId: String(executionId) }) },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((it) => it.deliveries),
    // That it arrived is no event of the workspace.
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.deliveries.some((it) => it.status === 'pending')) ? 3_000 : false,
  })

function useTellingChange<Change, Answer>(slug: string, change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.telling(slug) }),
        // Each says how many rules name it.
        client.invalidateQueries({ queryKey: keys.ownChannels }),
      ]),
  })
}
type RuleBody = BodyInput<Api['addRule']>
export const useSaveRule = (slug: string, id: number | null) =>
  useTellingChange(slug, (body: RuleBody) =>
    id === null
      ? call('addRule', { params: { slug }, body, idempotencyKey: newId() })
      : call('changeRule', { params: { slug, id }, body }),
  )
export const useDeleteRule = (slug: string) =>
  useTellingChange(slug, (id: number) => call('deleteRule', { params: { slug, id } }))

export const useAcknowledge = (slug: string) =>
  useTellingChange(slug, (id: number) => call('acknowledgeIncident', { params: { slug, id } }))
export const useResend = (slug: string) =>
  useTellingChange(slug, (id: number) =>
    call('resendDelivery', { params: { slug, id }, idempotencyKey: newId() }),
  )
