/** Names of what a workspace keeps in confidence. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from './call.ts'
import { keys } from './keys.ts'

export const useSecrets = (slug: string) =>
  useQuery({
    queryKey: keys.secrets(slug),
    queryFn: async ({ signal }) => (await call('listSecrets', { params: { slug }, signal })).secrets,
  })

function useSecretChange<Change, Answer>(slug: string, change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.secrets(slug) }),
  })
}
export const usePutSecret = (slug: string) =>
  useSecretChange(slug, ({ name, value }: { name: string; value: string }) =>
    call('putSecret', { params: { slug, name }, body: { value } }),
  )
export const useDeleteSecret = (slug: string) =>
  useSecretChange(slug, (name: string) => call('deleteSecret', { params: { slug, name } }))
