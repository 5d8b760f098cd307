import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listDocuments, async ({ workspace, carillon }) => ({
    documents: await carillon.documents.list(workspace.id),
  })),
  POST: route(api.addDocument, async ({ workspace, body, by, carillon }) => ({
    document: await carillon.documents.add(workspace.id, body, by),
  })),
})
