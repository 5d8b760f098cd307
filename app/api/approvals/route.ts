import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.inbox, async ({ actor, query, carillon }) => {
    const workspaces = await carillon.auth.workspaces.list(actor)
    return carillon.approvals.inbox(
      workspaces.map((it) => it.id),
      query,
    )
  }),
})
