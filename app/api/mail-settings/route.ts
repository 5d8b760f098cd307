import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getSharedMailSettings, ({ carillon }) => carillon.mailSettings.get(null)),
  PUT: route(api.changeSharedMailSettings, ({ carillon, body, by }) =>
    carillon.mailSettings.put(null, body, by),
  ),
  DELETE: route(api.deleteSharedMailSettings, async ({ carillon, by }) => {
    await carillon.mailSettings.remove(null, by)
    return DONE
  }),
})
