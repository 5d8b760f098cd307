/** What schedules and agents were set to before. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

/** A schedule by its number, or an agent by its name. */
export type Revised = { schedule: number } | { agent: string }

const keyOf = (slug: string, of: Revised) =>
  'schedule' in of ? keys.schedule(slug, of.schedule) : keys.agent(slug, of.agent)

const SHOWN = 5

export const useRevisions = (slug: string, of: Revised) =>
  useInfiniteQuery({
    queryKey: [...keyOf(slug, of), 'revisions'],
    queryFn: ({ pageParam: cursor, signal }) => {
      const asking = { query: { limit: SHOWN, cursor }, signal }
      return 'schedule' in of
        ? call('listTriggerRevisions', { params: { slug, id: of.schedule }, ...asking })
        : call('listAgentRevisions', { params: { slug, agentId: of.agent }, ...asking })
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((it) => it.revisions),
  })

/** `revision`: the state that was looked at. */
export function useRestoreRevision(slug: string, of: Revised) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ n, revision }: { n: number; revision: number }): Promise<unknown> => {
      const asking = { body: { revision }, idempotencyKey: newId() }
      return 'schedule' in of
        ? call('restoreTriggerRevision', { params: { slug, id: of.schedule, n }, ...asking })
        : call('restoreAgentRevision', { params: { slug, agentId: of.agent, n }, ...asking })
    },
    onSettled: () =>
      client.invalidateQueries({ queryKey: 'schedule' in of ? keys.schedules(slug) : keys.agents(slug) }),
  })
}
