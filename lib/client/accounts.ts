/** The accounts of the installation, for those who administer it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from './call.ts'
import { keys } from './keys.ts'

export const useAccounts = () =>
  useQuery({
    queryKey: keys.accounts,
    queryFn: async ({ signal }) => (await call('listAccounts', { signal })).accounts,
  })

function useAccountChange<Change, Answer>(change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.accounts }),
  })
}
export const useDisableAccount = () =>
  useAccountChange(({ id, disabled }: { id: string; disabled: boolean }) =>
    call('changeAccount', { params: { accountId: id }, body: { disabled } }),
  )
export const useEndSessions = () =>
  useAccountChange((id: string) => call('endSessions', { params: { accountId: id } }))
export const useOfferPassword = () =>
  useAccountChange((id: string) => call('offerPassword', { params: { accountId: id } }))
