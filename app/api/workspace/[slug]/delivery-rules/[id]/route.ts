import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getRule, async ({ carillon, workspace, params, by }) => ({
    rule: await carillon.channels.getRule(workspace.id, params.id, by),
  })),
  PUT: route(api.changeRule, async ({ carillon, workspace, params, body, by }) => ({
    rule: await carillon.channels.changeRule(workspace.id, params.id, body, by),
  })),
  DELETE: route(api.deleteRule, async ({ carillon, workspace, params, by }) => {
    await carillon.channels.removeRule(workspace.id, params.id, by)
    return DONE
  }),
})
