/** One instant. */
import { zoneFaults } from '../recurrence/index.ts'
import type { ClockKindDefinition } from './kind.ts'

const WORDS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' })

export const once: ClockKindDefinition = {
  kind: 'once',
  judge({ at, timezone }, { now }) {
    if (!at) return [{ path: 'at', message: 'is needed, for example 2027-01-01T09:00:00Z' }]
    return at <= now
      ? [{ path: 'at', message: `is ${at.toISOString()}, which has passed: choose an instant to come` }]
      : zoneFaults('timezone', timezone)
  },
  describe: ({ at }) => (at ? `Once, on ${WORDS.format(at)} UTC` : 'Once'),
  next: ({ at }, after) => (at && at > after ? at : null),
  latest: ({ at }, after, upTo) => (at && at > after && at <= upTo ? [at] : []),
  count: ({ at }, after, upTo) => ({ count: at && at > after && at <= upTo ? 1 : 0, exact: true }),
}
