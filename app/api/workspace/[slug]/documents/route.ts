import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { Reply, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listDocuments, ({ workspace, query, carillon }) =>
    carillon.documents.list(workspace.id, query),
  ),
  POST: route(api.addDocument, async ({ workspace, body, files, by, carillon }) => {
    const { documents } = carillon
    const [file, ...more] = files ?? []
    if (files && more.length > 0) return { documents: await documents.addFiles(workspace.id, files, by) }
    const { document, isNew } = file
      ? await documents.addFile(workspace.id, file, by)
      : await documents.add(workspace.id, body, by)
    return new Reply({ document }, { status: isNew ? 201 : 200 })
  }),
})
