import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listSources, async ({ carillon, workspace }) => ({
    sources: await carillon.sources.list(workspace.id),
    nextCursor: null,
  })),
  POST: route(api.addSource, async ({ carillon, workspace, body, by }) => ({
    source: await carillon.sources.add(workspace.id, body, by),
  })),
})
