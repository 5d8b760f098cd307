/**
 * The door of calendars: no session, for calendar programs have none. The address is the key, and opens nothing else.
 */
import type { Api } from '#lib/contract/api.ts'
import { tooMany } from '#lib/contract/problem.ts'
import { inWords } from '#lib/contract/wording.ts'
import { openDoor, plainText } from './door.ts'
import type { Route } from './route.ts'

const PER_MINUTE = 60

export function calendar(endpoint: Api['calendarFeed']): Route<Api['calendarFeed']> {
  const handler = openDoor(endpoint.path, async (request, { token }, { auth, calendarFeeds }) => {
    const feed = await calendarFeeds.at(String(token))
    const waitSeconds = auth.takeTurn('calendar', { id: feed.tokenHash }, PER_MINUTE)
    if (waitSeconds > 0)
      throw tooMany(`At most ${PER_MINUTE} readings a minute. Wait ${waitSeconds} seconds.`, waitSeconds)
    const given = Object.fromEntries(new URL(request.url).searchParams)
    const { schedule } = endpoint.query.parse(given, inWords)
    return plainText(await calendarFeeds.text(feed, schedule), 'text/calendar; charset=utf-8')
  })
  return Object.assign(handler, { endpoint })
}
