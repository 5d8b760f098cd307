import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.authorizeMcpServer, ({ carillon, workspace, params, by, request }) => {
    // A browser comes back to where it is signed in; that its origin is ours was judged at the gate.
    const origin = by.kind === 'person' ? request.headers.get('origin') : null
    const here = origin ?? carillon.auth.baseUrl
    const back = `${here}/w/${workspace.slug}/settings/mcp`
    return carillon.mcpServers.authorize(workspace.id, params.id, back, by)
  }),
})
