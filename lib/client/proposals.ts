/** Schedules that were put forward: said in words, looked at, confirmed. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { NewProposal, Proposal } from '#lib/contract/proposal.ts'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'
import { viewerZone } from './reading.ts'

type Said = Pick<NewProposal, 'text' | 'timezone' | 'agentId' | 'agentType'>

/** Nothing is planned by it. The hours that are said are those of the reader. */
export function usePropose(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (said: Said): Promise<Proposal> => {
      const body = { timezone: viewerZone(), ...said }
      return (await call('propose', { params: { slug }, body, idempotencyKey: newId() })).proposal
    },
    onSuccess: (it) => client.setQueryData(keys.proposal(slug, it.id), it),
  })
}

export const useProposal = (slug: string, id: number) =>
  useQuery({
    queryKey: keys.proposal(slug, id),
    queryFn: async ({ signal }) => (await call('getProposal', { params: { slug, id }, signal })).proposal,
  })

export function useDismissProposal(slug: string, id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async () => (await call('dismissProposal', { params: { slug, id } })).proposal,
    onSuccess: (it) => client.setQueryData(keys.proposal(slug, id), it),
    // Somebody was quicker.
    onError: () => client.invalidateQueries({ queryKey: keys.proposal(slug, id) }),
  })
}

export function useConfirmProposal(slug: string, id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (changes: Record<string, unknown> | undefined) =>
      (await call('confirmProposal', { params: { slug, id }, body: { changes }, idempotencyKey: newId() }))
        .trigger,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.proposal(slug, id) }),
        client.invalidateQueries({ queryKey: keys.schedules(slug) }),
      ]),
  })
}
