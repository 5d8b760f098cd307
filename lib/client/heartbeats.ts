/** How the last runs of schedules went, for a list of them. */
import { useQueries } from '@tanstack/react-query'
import type { Status } from '#lib/contract/execution.ts'
import { call } from './call.ts'
import { keys } from './keys.ts'

/** So many are asked for together: a row that scrolls into sight asks with its neighbours. */
const TOGETHER = 50

const NONE: readonly Status[] = []

/** How the last runs of each went; asked for by whole groups of ids, so that scrolling asks for nothing twice. */
export function useHeartbeats(slug: string, ids: readonly number[]) {
  const groups = [...Map.groupBy(ids, (it) => Math.floor(it / TOGETHER)).keys()].sort((a, b) => a - b)
  const found = useQueries({
    queries: groups.map((group) => {
      const among = Array.from({ length: TOGETHER }, (_, n) => group * TOGETHER + n).filter((it) => it > 0)
      const triggerIds = among.join(',')
      return {
        queryKey: keys.heartbeats(slug, triggerIds),
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          call('heartbeats', { params: { slug }, query: { triggerIds }, signal }),
      }
    }),
  })
  const known = new Map(
    found.flatMap((it) => it.data?.heartbeats ?? []).map((it) => [it.triggerId, it.statuses]),
  )
  const isHere = found.every((it) => it.isSuccess)
  return (id: number): readonly Status[] | undefined => known.get(id) ?? (isHere ? NONE : undefined)
}
