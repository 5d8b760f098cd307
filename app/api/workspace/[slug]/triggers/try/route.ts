import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.tryDraft, async ({ workspace, body, by, carillon, requestId }) => ({
    execution: await carillon.trying.tryDraft(workspace.id, body, by, requestId),
  })),
})
