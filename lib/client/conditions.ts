/** Conditions: what their checks have found, a check now, and sources that are nobody's yet. */
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import type { ConditionState } from '#lib/contract/condition-trigger.ts'
import { call } from './call.ts'
import { drawn } from './drawn.ts'
import { keys } from './keys.ts'

/** No event tells of a look that changed nothing. */
const REFRESH_MS = 30_000

/** The newest first, of the last so many hours. */
export const useSamples = (slug: string, id: number, hours: number) =>
  useQuery({
    queryKey: [...keys.schedule(slug, id), 'samples', hours],
    queryFn: async ({ signal }) => {
      const from = new Date(Date.now() - hours * 3_600_000).toISOString()
      return (await call('listSamples', { params: { slug, id }, query: { from }, signal })).samples
    },
    refetchInterval: REFRESH_MS,
  })

/** How it stands. `known`: as the page has it. */
export const useConditionState = (slug: string, id: number, known: ConditionState | undefined) =>
  useQuery({
    queryKey: [...keys.schedule(slug, id), 'condition'],
    ...drawn(known),
    queryFn: async ({ signal }) => {
      const { trigger } = await call('getTrigger', { params: { slug, id }, signal })
      return trigger.condition?.state ?? null
    },
    refetchInterval: REFRESH_MS,
  })

/** What a check would come to now; it fires nothing. */
export const useCheck = (slug: string, id: number) =>
  useMutation({ mutationFn: () => call('checkCondition', { params: { slug, id } }) })

export type Tried = BodyInput<Api['tryCondition']>
export const useTrySource = (slug: string) =>
  useMutation({ mutationFn: (body: Tried) => call('tryCondition', { params: { slug }, body }) })
