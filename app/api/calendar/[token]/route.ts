import { api } from '#lib/contract/api.ts'
import { calendar } from '#lib/http/calendar.ts'
import { resource } from '#lib/http/door.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: calendar(api.calendarFeed),
})
