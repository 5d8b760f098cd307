/** Places outside that events come from. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

export const useSources = (slug: string) =>
  useQuery({
    queryKey: keys.sources(slug),
    queryFn: async ({ signal }) => (await call('listSources', { params: { slug }, signal })).sources,
  })

/** What changes a source may change which triggers hear of something, and what uses a secret. */
function useSourceChange<Change, Answer>(slug: string, change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all(
        [keys.sources(slug), keys.schedules(slug), keys.secrets(slug)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  })
}

/** Added, or changed where there is an id. */
export const useSaveSource = (slug: string, id: number | null) =>
  useSourceChange(slug, (body: BodyInput<Api['addSource']>) => {
    if (id === null) return call('addSource', { params: { slug }, body, idempotencyKey: newId() })
    const { kind: _, ...change } = body
    return call('changeSource', { params: { slug, id }, body: change })
  })
export const useDeleteSource = (slug: string) =>
  useSourceChange(slug, (id: number) => call('deleteSource', { params: { slug, id } }))
export const useCheckSource = (slug: string) =>
  useSourceChange(slug, (id: number) => call('checkSource', { params: { slug, id } }))
export const useRewindSource = (slug: string, id: number) =>
  useSourceChange(slug, (body: BodyInput<Api['rewindSource']>) =>
    call('rewindSource', {
      params: { slug, id },
      body,
      ...(!body.dryRun && { idempotencyKey: newId() }),
    }),
  )
