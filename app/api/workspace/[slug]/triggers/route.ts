import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listTriggers, async ({ workspace, query, carillon }) =>
    carillon.triggers.list(workspace.id, query),
  ),
  POST: route(api.createTrigger, async ({ workspace, body, by, carillon }) => {
    const trigger = await carillon.triggers.create(workspace.id, body, by)
    const [warnings, webhook] = await Promise.all([
      carillon.advising.warnings(trigger),
      carillon.webhooks.opened(trigger),
    ])
    return { trigger, warnings, ...(webhook && { webhook }) }
  }),
})
