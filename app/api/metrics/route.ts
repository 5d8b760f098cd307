import { requireMetricsReader } from '#lib/auth/metrics-reader.ts'
import { door, plainText, resource } from '#lib/http/door.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: door('/metrics', async (request, _params, carillon) => {
    await requireMetricsReader(request.headers, carillon)
    return plainText(await carillon.metrics(), 'text/plain; version=0.0.4; charset=utf-8')
  }),
})
