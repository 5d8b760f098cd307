/** What schedules of agents that ask a model are going to cost. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import type { Forecast } from '#lib/contract/trigger.ts'
import { call } from './call.ts'
import { keys } from './keys.ts'

export const useForecast = (slug: string, id: number) =>
  useQuery({
    queryKey: keys.scheduleForecast(slug, id),
    queryFn: ({ signal }): Promise<Forecast> => call('forecastTrigger', { params: { slug, id }, signal }),
  })

type Draft = BodyInput<Api['simulateTrigger']>['trigger']
const MONTH_MS = 30 * 86_400_000

/** Of one that is not made yet: by what runs of its agent have cost. Null: there is nothing to go by. */
export const useDraftForecast = (slug: string, draft: Draft | null) =>
  useQuery({
    queryKey: keys.draftForecast(slug, JSON.stringify(draft)),
    enabled: draft !== null,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: async ({ signal }): Promise<Forecast> => {
      const from = new Date()
      const to = new Date(from.getTime() + MONTH_MS)
      const { counts, cost, basis } = await call('simulateTrigger', {
        params: { slug },
        body: { trigger: draft as Draft, from: from.toISOString(), to: to.toISOString(), assumeSeconds: 0 },
        signal,
      })
      const runsPerMonth = Object.values(counts).reduce((sum, it) => sum + it, 0)
      const month = (one: number | null) => (one === null ? null : one * runsPerMonth)
      return { runsPerMonth, costPerMonth: { p50: month(cost.p50), p95: month(cost.p95) }, basis, runs: 0 }
    },
  })
