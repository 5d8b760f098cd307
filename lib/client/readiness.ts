/** Whether a schedule could run: what it needs, and whether it is there. */
import { useQuery } from '@tanstack/react-query'
import { call } from './call.ts'
import { keys } from './keys.ts'

const READY_FOR_MS = 60_000
/** Each look asks the provider. */
export const useReadiness = (slug: string, id: number) =>
  useQuery({
    queryKey: keys.scheduleReadiness(slug, id),
    staleTime: READY_FOR_MS,
    queryFn: ({ signal }) => call('readinessOfTrigger', { params: { slug, id }, signal }),
  })
