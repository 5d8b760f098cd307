/** Through which server mail is sent: a workspace's own, or with `slug` null the installation's. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call } from './call.ts'
import { keys } from './keys.ts'

type Scope = string | null

export const useMailState = (slug: Scope) =>
  useQuery({
    queryKey: keys.mail(slug),
    queryFn: ({ signal }) =>
      slug === null
        ? call('getSharedMailSettings', { signal })
        : call('getMailSettings', { params: { slug }, signal }),
  })

function useMailChange<Change, Answer>(change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    // What is in force in a workspace may be the installation's; and a schedule may have waited for it.
    onSuccess: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] === keys.mail(null)[0] || queryKey.at(-1) === 'readiness',
      }),
  })
}
export const useSaveMail = (slug: Scope) =>
  useMailChange((body: BodyInput<Api['changeSharedMailSettings']>) =>
    slug === null
      ? call('changeSharedMailSettings', { body })
      : call('changeMailSettings', { params: { slug }, body }),
  )
export const useDeleteMail = (slug: Scope) =>
  useMailChange(() =>
    slug === null ? call('deleteSharedMailSettings') : call('deleteMailSettings', { params: { slug } }),
  )

export const useTestMail = (slug: Scope) =>
  useMutation({
    mutationFn: (to: string) =>
      slug === null
        ? call('testSharedMailSettings', { body: { to } })
        : call('testMailSettings', { params: { slug }, body: { to } }),
  })
