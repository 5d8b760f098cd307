/** Workspaces, what they hold besides runs, and whether the whole scheduler is paused. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { AnswerOf, Api, BodyInput } from '#lib/contract/api.ts'
import type { Workspace } from '#lib/contract/workspace.ts'
import { call } from './call.ts'
import { drawn } from './drawn.ts'
import { keys } from './keys.ts'

/** `known`: what the server said while it drew the page. */
export const useWorkspace = (slug: string, known?: Workspace) =>
  useQuery({
    queryKey: keys.details(slug),
    ...drawn(known),
    queryFn: async ({ signal }) => (await call('getWorkspace', { params: { slug }, signal })).workspace,
  })

export function useChangeWorkspace(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: BodyInput<Api['changeWorkspace']>) =>
      call('changeWorkspace', { params: { slug }, body }),
    onSuccess({ workspace }) {
      client.setQueryData(keys.details(slug), workspace)
      return client.invalidateQueries({ queryKey: keys.me })
    },
  })
}

export function useCreateWorkspace() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: BodyInput<Api['createWorkspace']>) => call('createWorkspace', { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.me }),
  })
}

/** `known`: what the server said while it drew the page. */
export const useAgents = (slug: string, known?: AnswerOf<Api['listAgents']>['agents']) =>
  useQuery({
    queryKey: keys.agents(slug),
    ...drawn(known),
    queryFn: async ({ signal }) => (await call('listAgents', { params: { slug }, signal })).agents,
  })

/** No workspace's events tell of it, so it is asked for now and then. */
export const useScheduler = () =>
  useQuery({
    queryKey: keys.scheduler,
    queryFn: async ({ signal }) => (await call('scheduler', { signal })).scheduler,
    refetchInterval: 60_000,
  })

export function useChangeScheduler() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: BodyInput<Api['changeScheduler']>) => call('changeScheduler', { body }),
    onSuccess: ({ scheduler }) => {
      client.setQueryData(keys.scheduler, scheduler)
    },
  })
}
