import { api } from '#lib/contract/api.ts'
import { unacceptable } from '#lib/contract/problem.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.getDocument, async ({ workspace, params, carillon }) => ({
    document: await carillon.documents.get(workspace.id, params.id),
  })),
  PUT: route(api.changeDocument, async ({ workspace, params, body, files, by, carillon }) => {
    const { documents } = carillon
    const [file, ...more] = files ?? []
    if (more.length > 0) throw unacceptable([{ path: 'file', message: 'expects one file' }])
    const document = file
      ? await documents.changeFile(workspace.id, params.id, file, by)
      : await documents.change(workspace.id, params.id, body, by)
    return { document }
  }),
  DELETE: route(api.deleteDocument, async ({ workspace, params, by, carillon }) => {
    await carillon.documents.remove(workspace.id, params.id, by)
    return DONE
  }),
})
