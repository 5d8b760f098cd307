import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listSecrets, async ({ carillon, workspace }) => ({
    secrets: await carillon.secrets.list(workspace.id),
    // All of them: there are at most 500.
    nextCursor: null,
  })),
})
