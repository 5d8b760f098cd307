import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { Reply, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listDocuments, ({ workspace, query, carillon }) =>
    carillon.documents.list(workspace.id, query),
  ),
  POST: route(api.addDocument, async ({ workspace, body, by, carillon }) => {
    const { document, isNew } = await carillon.documents.add(workspace.id, body, by)
    return new Reply({ document }, { status: isNew ? 201 : 200 })
  }),
})
