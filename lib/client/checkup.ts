/** What looking the installation over has found. */
import { useQuery } from '@tanstack/react-query'
import { call } from './call.ts'
import { keys } from './keys.ts'

export const useCheckup = () =>
  useQuery({
    queryKey: keys.checkup,
    queryFn: ({ signal }) => call('checkup', { signal }),
    staleTime: 0,
    refetchOnWindowFocus: true,
  })
