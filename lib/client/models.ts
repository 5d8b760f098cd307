/** Where models are asked: a workspace's own providers, or with `slug` null the installation's. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import type { KeptPrices } from '#lib/contract/model.ts'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

type Scope = string | null

export const useProviders = (slug: Scope) =>
  useQuery({
    queryKey: keys.providers(slug),
    queryFn: async ({ signal }) =>
      (slug === null
        ? await call('listSharedProviders', { signal })
        : await call('listProviders', { params: { slug }, signal })
      ).providers,
  })

function useProviderChange<Change, Answer>(slug: Scope, change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.providers(slug) }),
        client.invalidateQueries({ queryKey: keys.allModels }),
      ]),
  })
}
export const useAddProvider = (slug: Scope) =>
  useProviderChange(slug, (body: BodyInput<Api['addSharedProvider']>) => {
    if (slug === null) return call('addSharedProvider', { body, idempotencyKey: newId() })
    const { allowPrivate: _, ...own } = body
    return call('addProvider', { params: { slug }, body: own, idempotencyKey: newId() })
  })
export const useDeleteProvider = (slug: Scope) =>
  useProviderChange(slug, (id: number) =>
    slug === null
      ? call('deleteSharedProvider', { params: { providerId: id } })
      : call('deleteProvider', { params: { slug, id } }),
  )

export const useTestProvider = (slug: Scope) =>
  useMutation({
    mutationFn: (id: number) =>
      slug === null
        ? call('testSharedProvider', { params: { providerId: id } })
        : call('testProvider', { params: { slug, id } }),
  })

/** What agents of a workspace can ask, the usual one first. */
export const useModels = (slug: string) =>
  useQuery({
    queryKey: keys.models(slug),
    queryFn: async ({ signal }) => (await call('listModels', { params: { slug }, signal })).models,
  })

export const usePrices = () =>
  useQuery({ queryKey: keys.prices, queryFn: ({ signal }) => call('listPrices', { signal }) })

/** The list as it is from now on, where it is still at the revision that it names; else it is looked at again. */
export function useChangePrices() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: KeptPrices) => call('changePrices', { body }),
    onSuccess(kept) {
      client.setQueryData(keys.prices, kept)
      // A price may be what a schedule was not ready for.
      return client.invalidateQueries({ predicate: ({ queryKey }) => queryKey.at(-1) === 'readiness' })
    },
    onError: () => client.invalidateQueries({ queryKey: keys.prices }),
  })
}

/** `from`: an instant; up to now. */
export const useUsage = (slug: string, query: { groupBy: string; from: string }) =>
  useQuery({
    queryKey: keys.usage(slug, query),
    queryFn: ({ signal }) => call('usage', { params: { slug }, query, signal }),
    placeholderData: keepPreviousData,
  })
