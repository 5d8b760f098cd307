/** Agents that people of a workspace wrote. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

export const useTools = (slug: string) =>
  useQuery({
    queryKey: keys.tools(slug),
    queryFn: async ({ signal }) => (await call('listTools', { params: { slug }, signal })).tools,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What the model of an agent would read; null: nothing is asked. Of now, so it is asked for each time. */
export const usePromptPreview = (slug: string, body: BodyInput<Api['previewAgent']> | null) =>
  useQuery({
    queryKey: keys.prompt(slug, JSON.stringify(body)),
    enabled: body !== null,
    retry: false,
    queryFn: ({ signal }) =>
      call('previewAgent', { params: { slug }, body: body as BodyInput<Api['previewAgent']>, signal }),
  })

/** Made, or changed where there is an id. */
export function useSaveAgent(slug: string, agentId: string | null) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: BodyInput<Api['createAgent']> & { revision?: number }) => {
      const { revision, ...made } = body
      return agentId === null
        ? call('createAgent', { params: { slug }, body: made, idempotencyKey: newId() })
        : call('changeAgent', {
            params: { slug, agentId },
            body: { ...made, revision } as BodyInput<Api['changeAgent']>,
          })
    },
    onSuccess({ agent }) {
      client.setQueryData(keys.agent(slug, agent.id), agent)
    },
    // Where it was refused, too: it may be another by now.
    onSettled: () => client.invalidateQueries({ queryKey: keys.agents(slug) }),
  })
}

export function useDeleteAgent(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (agentId: string) => call('deleteAgent', { params: { slug, agentId } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.agents(slug) }),
  })
}

/** Answers the id of the staged run. */
export const useTryAgent = (slug: string, agentId: string) =>
  useMutation({
    mutationFn: async (context: Record<string, unknown>) => {
      const params = { slug, agentId }
      return (await call('tryAgent', { params, body: { context }, idempotencyKey: newId() })).execution.id
    },
  })
