/** What a schedule that is being edited comes to, and a run of it that does nothing. */
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'
import { isProblem } from './problem.ts'
import { viewerZone } from './reading.ts'

export type DraftToPreview = BodyInput<Api['previewDraft']>['trigger']
/** So many runs are shown. */
export const RUNS_AHEAD = 10

/** Null: there is nothing to look ahead to. A refusal is an answer too, so it is not asked for again. */
export const useDraftPreview = (slug: string, trigger: DraftToPreview | null, id: number | undefined) =>
  useQuery({
    queryKey: keys.draftPreview(slug, JSON.stringify(trigger), id ?? null),
    enabled: trigger !== null,
    queryFn: async ({ signal }) => {
      const body = {
        trigger: trigger as DraftToPreview,
        viewerTimezone: viewerZone(),
        count: RUNS_AHEAD,
        ...(id !== undefined && { id }),
      }
      return (await call('previewDraft', { params: { slug }, body, signal })).preview
    },
    retry: (failures, error) =>
      failures < 2 && !(isProblem(error) && error.status >= 400 && error.status < 500),
    staleTime: 30_000,
    gcTime: 60_000,
  })

/** Answers the id of the staged run. */
export const useTryDraft = (slug: string) =>
  useMutation({
    mutationFn: async (body: BodyInput<Api['tryDraft']>) =>
      (await call('tryDraft', { params: { slug }, body, idempotencyKey: newId() })).execution.id,
  })
