/** Exports, and imports in two steps: what would be done, then that and nothing else. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { addressFor, call } from './call.ts'
import { newId } from './id.ts'

export const exportAddress = (slug: string, kinds: readonly string[]): string =>
  `${addressFor('exportWorkspace', { slug })}?${new URLSearchParams({ kinds: kinds.join(',') })}`

export const usePlanImport = (slug: string) =>
  useMutation({
    mutationFn: (body: BodyInput<Api['planImport']>) => call('planImport', { params: { slug }, body }),
  })

/** All that is shown of the workspace may be another afterwards. */
export function useApplyImport(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (planId: string) =>
      call('applyImport', { params: { slug, planId }, idempotencyKey: newId() }),
    onSettled: () => client.invalidateQueries(),
  })
}
