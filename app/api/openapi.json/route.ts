import { json } from '#lib/http/answering.ts'
import { door, resource } from '#lib/http/door.ts'
import { openapi } from '#lib/http/openapi.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: door('/openapi.json', async (_request, _params, carillon) => json(openapi(carillon.version), 200)),
})
