/** The kinds of trigger that follow the clock. A new kind is one file beside this one and one entry here. */
import { CLOCK_KINDS } from '../contract/trigger.ts'
import { interval } from './interval.ts'
import type { ClockKindDefinition, FieldError, When } from './kind.ts'
import { once } from './once.ts'
import { schedule } from './schedule.ts'

export type { ClockKindDefinition, FieldError, When }

const kinds = new Map<string, ClockKindDefinition>([schedule, interval, once].map((it) => [it.kind, it]))

/** The rules of a kind; for a kind that is not there, rules that say so. */
export function clockKind(kind: string): ClockKindDefinition {
  return (
    kinds.get(kind) ?? {
      kind,
      judge: () => [
        {
          path: 'kind',
          message: `is "${kind}", which does not follow the clock: use ${CLOCK_KINDS.join(', ')}`,
        },
      ],
      describe: () => kind,
      next: () => null,
      latest: () => [],
      count: () => ({ count: 0, exact: true }),
    }
  )
}

/** What is wrong with a row that plain SQL has written; nothing with one that was judged when it was made. */
export const faultsOf = (row: Parameters<typeof whenOf>[0] & { kind: string }): FieldError[] =>
  clockKind(row.kind).judge(whenOf(row), { minimumIntervalSeconds: 1, now: new Date(row.createdAt - 1) })

/** What planning reads of a trigger's row. */
export const whenOf = (row: {
  cronExpression: string | null
  timezone: string
  everySeconds: number | null
  at: number | null
  startsAt: number | null
  createdAt: number
}): When => ({
  cronExpression: row.cronExpression,
  timezone: row.timezone,
  everySeconds: row.everySeconds,
  at: row.at === null ? null : new Date(row.at),
  anchor: new Date(row.startsAt ?? row.createdAt),
})
