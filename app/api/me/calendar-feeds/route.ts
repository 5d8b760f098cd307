import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.listCalendarFeeds, async ({ carillon, actor }) => ({
    feeds: await carillon.calendarFeeds.list(actor.id),
    nextCursor: null,
  })),
  POST: route(api.addCalendarFeed, async ({ carillon, actor, body }) =>
    carillon.calendarFeeds.add(actor.id, await carillon.auth.authorise(actor, body.slug, 'viewer')),
  ),
})
