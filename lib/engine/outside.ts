/** What a server looks after outside of the product: sources of events, and calendars that have an address. */
import { addressOf, type CalendarReach } from '../agents/reading/calendar.ts'
import { createCalendars } from './calendars/index.ts'
import type { Engine } from './engine.ts'
import { sourcesOf } from './sources/of-server.ts'

interface Deps extends Omit<Parameters<typeof sourcesOf>[0], 'engine'>, Pick<CalendarReach, 'daysOf'> {
  engine: Pick<Engine, 'readiness' | 'leaveTraces'>
}

/** `given`: what verbs and agents work with. `close`: nothing goes out any more. */
export function outsideOf({ daysOf, ...given }: Deps) {
  const { readiness, leaveTraces } = given.engine
  const { close, ...eventSources } = sourcesOf(given)
  const { fetch, refusalOf } = eventSources.reach
  const calendarsRead = createCalendars({
    ...{ ...given, fetch, daysOf, readiness, leaveTraces },
    refusalOf: (url) => refusalOf(addressOf(url)),
  })
  return {
    given: { eventSources, calendarsRead },
    async start(): Promise<void> {
      if (given.fires) calendarsRead.start()
      await eventSources.start()
    },
    stop: () => Promise.all([eventSources.stop(), calendarsRead.stop()]),
    close,
  }
}
