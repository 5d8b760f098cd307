/** What has happened in a workspace, and what schedules made of it. */
import { useQuery } from '@tanstack/react-query'
import type { EvaluationVerdict } from '#lib/contract/evaluation.ts'
import { call } from './call.ts'
import { keys } from './keys.ts'

/** What fires nothing is told by no live event: it is asked for now and then. */
const ASK_MS = 5000

export const useEvaluations = (slug: string, id: number, verdict: EvaluationVerdict | undefined) =>
  useQuery({
    queryKey: [...keys.schedule(slug, id), 'evaluations', verdict],
    queryFn: async ({ signal }) =>
      (await call('listEvaluations', { params: { slug, id }, query: { verdict }, signal })).evaluations,
    refetchInterval: ASK_MS,
  })
