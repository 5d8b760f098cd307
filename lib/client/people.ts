/** Who is signed in, who belongs to a workspace, and the keys of programs. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import type { Role } from '#lib/contract/fields.ts'
import type { Me } from '#lib/contract/workspace.ts'
import { call } from './call.ts'
import { keys } from './keys.ts'

/** `known`: what the server said while it drew the page. */
export const useMe = (known?: Me) =>
  useQuery({ queryKey: keys.me, queryFn: ({ signal }) => call('me', { signal }), initialData: known })

const ROLES: readonly Role[] = ['viewer', 'editor', 'admin']
/**
 * Whether the reader has at least this role in the workspace: what
 * is not allowed is not offered. The server decides anyway.
 */
export function useMay(slug: string, need: Role): boolean {
  const role = useMe().data?.workspaces.find((it) => it.slug === slug)?.role
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(need)
}

export const useMembers = (slug: string) =>
  useQuery({
    queryKey: keys.members(slug),
    queryFn: ({ signal }) => call('listMembers', { params: { slug }, signal }),
  })

/** The list of members is read again after each of these. */
function useMemberChange<Change, Answer>(slug: string, change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.members(slug) }),
  })
}
export const useInvite = (slug: string) =>
  useMemberChange(slug, (body: BodyInput<Api['invite']>) => call('invite', { params: { slug }, body }))
export const useChangeMember = (slug: string) =>
  useMemberChange(slug, ({ userId, role }: { userId: string; role: Role }) =>
    call('changeMember', { params: { slug, userId }, body: { role } }),
  )
export const useRemoveMember = (slug: string) =>
  useMemberChange(slug, (userId: string) => call('removeMember', { params: { slug, userId } }))
export const useWithdrawInvitation = (slug: string) =>
  useMemberChange(slug, (id: number) => call('withdrawInvitation', { params: { slug, id } }))

/** `slug` null: the keys of the whole installation. */
export const useApiKeys = (slug: string | null) =>
  useQuery({
    queryKey: keys.apiKeys(slug),
    queryFn: async ({ signal }) =>
      (await call('listKeys', { query: { workspace: slug ?? undefined }, signal })).apiKeys,
  })

export function useCreateKey(slug: string | null) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: BodyInput<Api['createKey']>) => call('createKey', { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.apiKeys(slug) }),
  })
}
export function useRevokeKey(slug: string | null) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => call('revokeKey', { params: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.apiKeys(slug) }),
  })
}
