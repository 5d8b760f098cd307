/** What runs ask people for: the inbox, and what one run asks. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

/** Other workspaces than the one that is followed tell nothing by themselves. */
const ASK_EVERY_MS = 60_000

/** `pending`: what waits; else what was decided, newest first. */
export const useInbox = (which: 'pending' | 'decided') =>
  useQuery({
    queryKey: keys.inbox(which),
    queryFn: async ({ signal }) => {
      const status = which === 'pending' ? 'pending' : 'approved,rejected,expired,cancelled,superseded'
      return call('inbox', { query: { status, limit: 100 }, signal })
    },
    placeholderData: keepPreviousData,
    refetchInterval: ASK_EVERY_MS,
  })

/** What a run has asked for, the first thing first. */
export const useApprovals = (slug: string, executionId: number) =>
  useQuery({
    queryKey: keys.approvalsOf(slug, executionId),
    queryFn: async ({ signal }) => {
      const query = { executionId, limit: 100 }
      const { approvals } = await call('listApprovals', { params: { slug }, query, signal })
      return approvals.toReversed()
    },
  })

export type Decision =
  | ({ how: 'approve' } & BodyInput<Api['approve']>)
  | ({ how: 'reject' } & BodyInput<Api['reject']>)

/** Read again whatever came of it: also a refusal says that something has changed. */
export function useDecide(slug: string, id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ how, ...body }: Decision) =>
      call(how, { params: { slug, id }, body: body as BodyInput<Api['reject']>, idempotencyKey: newId() }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.approvals }),
        client.invalidateQueries({ queryKey: keys.executions(slug) }),
      ]),
  })
}

export const useGrants = (slug: string) =>
  useQuery({
    queryKey: keys.grants(slug),
    queryFn: async ({ signal }) =>
      (await call('listGrants', { params: { slug }, query: { limit: 200 }, signal })).grants,
  })

export function useDeleteGrant(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => call('deleteGrant', { params: { slug, id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.grants(slug) }),
  })
}
