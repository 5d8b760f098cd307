import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { Reply, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.ready, async ({ carillon }) => {
    const answer = await carillon.ready()
    return answer.ready ? answer : new Reply(answer, { status: 503 })
  }),
})
