import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.me, async ({ actor, carillon }) => carillon.auth.me(actor)),
  PUT: route(api.changeMe, async ({ actor, body, carillon: { auth } }) => {
    await auth.profile.change(actor, body)
    return auth.me(actor)
  }),
})
