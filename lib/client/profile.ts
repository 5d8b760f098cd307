/** What a person sets for themselves, and where they are signed in. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call, send } from './call.ts'
import { keys } from './keys.ts'

export function useChangeMe() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: BodyInput<Api['changeMe']>) => call('changeMe', { body }),
    onSuccess: (me) => client.setQueryData(keys.me, me),
  })
}

export const useOwnSessions = () =>
  useQuery({
    queryKey: keys.ownSessions,
    queryFn: async ({ signal }) => (await call('ownSessions', { signal })).sessions,
  })

function useSessionChange<Change, Answer>(change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.ownSessions }),
  })
}
/** Ends every other session, too. */
export const useChangePassword = () =>
  useSessionChange((body: { currentPassword: string; newPassword: string }) =>
    send<unknown>('POST', '/api/auth/change-password', { body }),
  )
export const useEndSession = () =>
  useSessionChange((sessionId: string) => call('endOwnSession', { params: { sessionId } }))
export const endEverySession = () => call('endOwnSessions')
