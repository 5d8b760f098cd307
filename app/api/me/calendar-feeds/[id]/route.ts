import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  DELETE: route(api.deleteCalendarFeed, async ({ carillon, actor, params }) => {
    await carillon.calendarFeeds.remove(actor.id, params.id)
    return DONE
  }),
})
