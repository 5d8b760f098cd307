/** Servers of tools of a workspace. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import type { McpTool } from '#lib/contract/mcp.ts'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

export const useMcpServers = (slug: string) =>
  useQuery({
    queryKey: keys.mcpServers(slug),
    queryFn: async ({ signal }) => (await call('listMcpServers', { params: { slug }, signal })).mcpServers,
  })

/** What changes a server may change what agents can be given, and what uses a secret. */
function useMcpChange<Change, Answer>(slug: string, change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all(
        [keys.mcpServers(slug), keys.tools(slug), keys.secrets(slug)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  })
}

type Body = BodyInput<Api['addMcpServer']>
/** Added, or changed where there is an id. */
export const useSaveMcpServer = (slug: string, id: number | null) =>
  useMcpChange(slug, (body: Body) =>
    id === null
      ? call('addMcpServer', { params: { slug }, body, idempotencyKey: newId() })
      : call('changeMcpServer', { params: { slug, id }, body }),
  )
export const useChangeMcpServer = (slug: string, id: number) =>
  useMcpChange(slug, (body: BodyInput<Api['changeMcpServer']>) =>
    call('changeMcpServer', { params: { slug, id }, body }),
  )
export const useDeleteMcpServer = (slug: string) =>
  useMcpChange(slug, (id: number) => call('deleteMcpServer', { params: { slug, id } }))
export const useCheckMcpServer = (slug: string) =>
  useMcpChange(slug, (id: number) => call('checkMcpServer', { params: { slug, id } }))
export const useAcceptTools = (slug: string, id: number) =>
  useMcpChange(slug, (tools: Pick<McpTool, 'name' | 'sha256'>[]) =>
    call('acceptMcpTools', {
      params: { slug, id },
      // What was looked at, and nothing that came since.
      body: { tools: tools.map(({ name, sha256 }) => ({ name, sha256 })) },
    }),
  )

/** Answers where to sign in. */
export const useAuthorizeMcpServer = (slug: string) =>
  useMcpChange(slug, async (id: number) => (await call('authorizeMcpServer', { params: { slug, id } })).url)
export const useAuthorizedMcpServer = (slug: string) =>
  useMcpChange(slug, ({ id, ...body }: { id: number } & BodyInput<Api['authorizedMcpServer']>) =>
    call('authorizedMcpServer', { params: { slug, id }, body }),
  )
