/** Where people are told: by a workspace, or (`null`) the person who asks, by channels of their own. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

type Owner = string | null

const keyOf = (owner: Owner) => (owner === null ? keys.ownChannels : keys.channels(owner))

export const useChannels = (owner: Owner) =>
  useQuery({
    queryKey: keyOf(owner),
    queryFn: async ({ signal }) =>
      (owner === null
        ? await call('listOwnChannels', { signal })
        : await call('listChannels', { params: { slug: owner }, signal })
      ).channels,
  })

function useChannelChange<Change, Answer>(owner: Owner, change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keyOf(owner) }),
        // Rules name it, and the log: a person's own in any workspace.
        client.invalidateQueries({
          predicate: ({ queryKey: [, slug, part] }) => part === 'telling' && (owner ?? slug) === slug,
        }),
      ]),
  })
}
/** Added, or changed where there is an id; answers the secret that was made. */
export const useAddChannel = (owner: Owner) =>
  useChannelChange(owner, (body: BodyInput<Api['addChannel']>) =>
    owner === null
      ? call('addOwnChannel', { body, idempotencyKey: newId() })
      : call('addChannel', { params: { slug: owner }, body, idempotencyKey: newId() }),
  )
export const useChangeChannel = (owner: Owner, id: number) =>
  useChannelChange(owner, (body: BodyInput<Api['changeChannel']>) =>
    owner === null
      ? call('changeOwnChannel', { params: { id }, body })
      : call('changeChannel', { params: { slug: owner, id }, body }),
  )
export const useDeleteChannel = (owner: Owner) =>
  useChannelChange(owner, (id: number) =>
    owner === null
      ? call('deleteOwnChannel', { params: { id } })
      : call('deleteChannel', { params: { slug: owner, id } }),
  )
export const useTestChannel = (owner: Owner) =>
  useMutation({
    mutationFn: (id: number) =>
      owner === null
        ? call('testOwnChannel', { params: { id } })
        : call('testChannel', { params: { slug: owner, id } }),
  })
