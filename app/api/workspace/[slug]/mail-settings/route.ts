import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getMailSettings, ({ carillon, workspace }) => carillon.mailSettings.get(workspace.id)),
  PUT: route(api.changeMailSettings, ({ carillon, workspace, body, by }) =>
    carillon.mailSettings.put(workspace.id, body, by),
  ),
  DELETE: route(api.deleteMailSettings, async ({ carillon, workspace, by }) => {
    await carillon.mailSettings.remove(workspace.id, by)
    return DONE
  }),
})
