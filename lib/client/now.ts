/** A workspace at a glance: what goes on, what needs somebody, what comes, and how it has fared. */
import { keepPreviousData, skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import type { Execution } from '#lib/contract/execution.ts'
import type { Figures, Now } from '#lib/contract/overview.ts'
import { call } from './call.ts'
import { drawn } from './drawn.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

const MINUTE_MS = 60_000

/** `known`: what the server said while it drew the page. Events keep it true; time alone makes things late. */
export const useWhatIsNow = (slug: string, known: Now) =>
  useQuery({
    queryKey: keys.now(slug),
    ...drawn(known),
    queryFn: async ({ signal }) => (await call('now', { params: { slug }, signal })).now,
    refetchInterval: MINUTE_MS,
  })

export type Period = Figures['period']
export const useFigures = (slug: string, period: Period, timezone: string | null) =>
  useQuery({
    queryKey: keys.figures(slug, { period, timezone: timezone ?? undefined }),
    queryFn: async ({ signal }) => {
      const query = { period, timezone: timezone ?? undefined }
      return (await call('figures', { params: { slug }, query, signal })).figures
    },
    enabled: timezone !== null,
    // They are read from all runs of two periods, and hardly move while somebody goes from page to page.
    staleTime: MINUTE_MS,
    placeholderData: keepPreviousData,
    refetchInterval: 5 * MINUTE_MS,
  })

function useAfterwards(slug: string) {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: keys.now(slug) }),
      client.invalidateQueries({ queryKey: keys.executions(slug) }),
    ])
}

/** The span of a gap, which is longer than nothing: of one fact alone it begins and ends at once. */
function gapOf({ missedFrom, missedTo }: Pick<Execution, 'missedFrom' | 'missedTo'>) {
  if (missedFrom === null || missedTo === null) return null
  const end = Math.max(Date.parse(missedTo), Date.parse(missedFrom) + 1)
  return { from: missedFrom, to: new Date(end).toISOString() }
}

/** Which runs of a gap would be started; counted anew each time that somebody asks. */
export function useWouldRun(slug: string, execution: Execution, asked: boolean) {
  const gap = gapOf(execution)
  const params = { slug, id: execution.triggerId }
  return useQuery({
    queryKey: [...keys.execution(slug, execution.id), 'would-run'],
    queryFn:
      asked && gap
        ? ({ signal }) => call('backfillTrigger', { params, body: { ...gap, dryRun: true }, signal })
        : skipToken,
    gcTime: 0,
  })
}

/** Runs what was missed: the one instant, or all of a gap. Answers how many runs it made. */
export function useRunMissed(slug: string) {
  const afterwards = useAfterwards(slug)
  return useMutation({
    async mutationFn({ id, triggerId, ...it }: Execution): Promise<number> {
      const body = gapOf(it)
      if (body === null) {
        await call('retryExecution', { params: { slug, id }, idempotencyKey: newId() })
        return 1
      }
      return (await call('backfillTrigger', { params: { slug, id: triggerId }, body })).created
    },
    onSettled: afterwards,
  })
}

/** Lets what was missed be: these, or all up to an instant. */
export function useLetBe(slug: string) {
  const afterwards = useAfterwards(slug)
  return useMutation({
    mutationFn: (body: BodyInput<Api['seeToMissed']>) => call('seeToMissed', { params: { slug }, body }),
    onSettled: afterwards,
  })
}
