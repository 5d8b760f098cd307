import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listRules, async ({ carillon, workspace, by }) =>
    carillon.channels.listRules(workspace.id, by),
  ),
  POST: route(api.addRule, async ({ carillon, workspace, body, by }) => ({
    rule: await carillon.channels.addRule(workspace.id, body, by),
  })),
})
