import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const { GET, POST, PUT, PATCH, DELETE } = resource({
  DELETE: route(api.deleteDocument, async ({ workspace, params, by, carillon }) => {
    await carillon.documents.remove(workspace.id, params.id, by)
    return DONE
  }),
})
