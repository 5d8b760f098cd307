import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.scheduler, async ({ carillon }) => ({ scheduler: await carillon.scheduler.state() })),
  PUT: route(api.changeScheduler, async ({ body, by, carillon }) => ({
    scheduler: await carillon.scheduler.change(body, by),
  })),
})
