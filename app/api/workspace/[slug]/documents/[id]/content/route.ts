import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { download } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: download(api.documentContent, ({ workspace, params, carillon }) =>
    carillon.documents.original(workspace.id, params.id),
  ),
})
