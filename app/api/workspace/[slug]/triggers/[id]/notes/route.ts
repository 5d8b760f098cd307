import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getNotes, async ({ workspace, params, carillon }) => ({
    notes: await carillon.notes.get(workspace.id, params.id),
  })),
  PUT: route(api.changeNotes, async ({ workspace, params, body, by, carillon }) => ({
    notes: await carillon.notes.write(workspace.id, params.id, body.content, by),
  })),
  DELETE: route(api.deleteNotes, async ({ workspace, params, by, carillon }) => {
    await carillon.notes.write(workspace.id, params.id, '', by)
    return DONE
  }),
})
