import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { streaming } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: streaming(api.exportExecutions, ({ workspace, query, carillon }) =>
    carillon.manyExecutions.file(workspace, query),
  ),
})
