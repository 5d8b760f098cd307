/** Every so many seconds, counted from where the trigger began: real time, no wall clock. */
import { zoneFaults } from '../recurrence/index.ts'
import type { ClockKindDefinition, When } from './kind.ts'

const UNITS: [seconds: number, one: string][] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
]

function inWords(seconds: number): string {
  const [size, one] = UNITS.find(([size]) => seconds % size === 0) ?? [1, 'second']
  const n = seconds / size
  return n === 1 ? `Every ${one}` : `Every ${n} ${one}s`
}

const stepMs = ({ everySeconds }: When) => (everySeconds ?? 0) * 1000
/** How many whole steps lie between the anchor and an instant. */
const stepsUpTo = (when: When, instant: Date) =>
  Math.floor((instant.getTime() - when.anchor.getTime()) / stepMs(when))
const atStep = (when: When, n: number) => new Date(when.anchor.getTime() + n * stepMs(when))

export const interval: ClockKindDefinition = {
  kind: 'interval',
  judge({ everySeconds, timezone }, { minimumIntervalSeconds }) {
    if (!everySeconds) return [{ path: 'everySeconds', message: 'is needed, for example 3600' }]
    if (everySeconds < minimumIntervalSeconds) {
      return [
        {
          path: 'everySeconds',
          message: `is ${everySeconds}, less than the minimum interval of ${minimumIntervalSeconds} seconds that is set for this installation`,
        },
      ]
    }
    return zoneFaults('timezone', timezone)
  },
  describe: ({ everySeconds }) => inWords(everySeconds ?? 0),
  next: (when, after) => atStep(when, Math.max(1, stepsUpTo(when, after) + 1)),
  latest(when, after, upTo, count) {
    const last = stepsUpTo(when, upTo)
    const first = Math.max(1, stepsUpTo(when, after) + 1, last - count + 1)
    return last < first ? [] : Array.from({ length: last - first + 1 }, (_, i) => atStep(when, first + i))
  },
  count: (when, after, upTo) => ({
    count: Math.max(0, stepsUpTo(when, upTo) - Math.max(0, stepsUpTo(when, after))),
    exact: true,
  }),
}
