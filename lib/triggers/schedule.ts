/** Follows a cron pattern on the wall clock of a zone. */
import { z } from 'zod'
import {
  countInstants,
  describePattern,
  judgePattern,
  latestInstants,
  nextInstant,
} from '../recurrence/index.ts'
import { clockKind } from './kind.ts'

const MOST_COUNTED = 10_000
const NEEDED = 'is needed, for example "0 9 * * 1-5"'

export const schedule = clockKind({
  kind: 'schedule',
  config: z.object({ cronExpression: z.string(NEEDED).min(1, NEEDED), timezone: z.string() }),
  judge({ cronExpression, timezone }, { minimumIntervalSeconds }) {
    const verdict = judgePattern(cronExpression, timezone, { minimumIntervalSeconds })
    return verdict.ok ? [] : [{ path: verdict.field, message: verdict.message }]
  },
  describe: ({ cronExpression, timezone }) =>
    `${describePattern(cronExpression) ?? cronExpression} (${timezone})`,
  next: ({ cronExpression, timezone }, after) => nextInstant(cronExpression, timezone, after),
  latest: ({ cronExpression, timezone }, after, upTo, count) =>
    latestInstants(cronExpression, timezone, after, upTo, count),
  count: ({ cronExpression, timezone }, after, upTo) =>
    countInstants(cronExpression, timezone, after, upTo, MOST_COUNTED),
})
