/** Follows a cron pattern on the wall clock of a zone. */
import {
  countInstants,
  describePattern,
  judgePattern,
  latestInstants,
  nextInstant,
} from '../recurrence/index.ts'
import type { ClockKindDefinition } from './kind.ts'

const MOST_COUNTED = 10_000

export const schedule: ClockKindDefinition = {
  kind: 'schedule',
  judge({ cronExpression, timezone }, { minimumIntervalSeconds }) {
    if (!cronExpression) return [{ path: 'cronExpression', message: 'is needed, for example "0 9 * * 1-5"' }]
    const verdict = judgePattern(cronExpression, timezone, { minimumIntervalSeconds })
    return verdict.ok ? [] : [{ path: verdict.field, message: verdict.message }]
  },
  describe: ({ cronExpression, timezone }) =>
    `${describePattern(cronExpression ?? '') ?? cronExpression} (${timezone})`,
  next: ({ cronExpression, timezone }, after) => nextInstant(cronExpression ?? '', timezone, after),
  latest: ({ cronExpression, timezone }, after, upTo, count) =>
    latestInstants(cronExpression ?? '', timezone, after, upTo, count),
  count: ({ cronExpression, timezone }, after, upTo) =>
    countInstants(cronExpression ?? '', timezone, after, upTo, MOST_COUNTED),
}
