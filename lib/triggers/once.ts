/** One instant. */
import { z } from 'zod'
import { zoneFaults } from '../recurrence/index.ts'
import { clockKind } from './kind.ts'

const WORDS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' })

export const once = clockKind({
  kind: 'once',
  config: z.object({ at: z.date('is needed, for example 2027-01-01T09:00:00Z'), timezone: z.string() }),
  judge: ({ at, timezone }, { now }) =>
    at <= now
      ? [{ path: 'at', message: `is ${at.toISOString()}, which has passed: choose an instant to come` }]
      : zoneFaults('timezone', timezone),
  describe: ({ at }) => `Once, on ${WORDS.format(at)} UTC`,
  next: ({ at }, after) => (at > after ? at : null),
  latest: ({ at }, after, upTo) => (at > after && at <= upTo ? [at] : []),
  count: ({ at }, after, upTo) => ({ count: at > after && at <= upTo ? 1 : 0, exact: true }),
})
