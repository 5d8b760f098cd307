/** Commands of the chat, and what a line may become. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'
import { viewerZone } from './reading.ts'

export function useCommand(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (text: string) => {
      const body = { text, timezone: viewerZone() }
      return call('command', { params: { slug }, body, idempotencyKey: newId() })
    },
    onSuccess: ({ done }) => {
      if (done?.kind === 'approval') void client.invalidateQueries({ queryKey: keys.approvals })
    },
  })
}

export const useCompletions = (slug: string, prefix: string) =>
  useQuery({
    queryKey: keys.completions(slug, prefix),
    // They say what they were asked for: until the next come, the last stand in their place.
    queryFn: async ({ signal }) => ({
      of: prefix,
      ...(await call('completions', { params: { slug }, query: { prefix }, signal })),
    }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  }).data
