import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { exchangeFile, placeOf } from '#lib/http/exchange.ts'
import { streaming } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: streaming(api.exportWorkspace, async ({ query, carillon, request, ...call }) =>
    exchangeFile(
      call.workspace,
      request,
      await carillon.exchange.exportAll(placeOf({ ...call, request }), query.kinds),
    ),
  ),
})
