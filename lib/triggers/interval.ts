/** Every so many seconds, counted from where the trigger began: real time, no wall clock. */
import { z } from 'zod'
import { zoneFaults } from '../recurrence/index.ts'
import { clockKind } from './kind.ts'

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

const NEEDED = 'is needed, for example 3600'
const Interval = z.object({
  everySeconds: z.number(NEEDED).refine((it) => it !== 0, NEEDED),
  timezone: z.string(),
  anchor: z.date(),
})
type Interval = z.output<typeof Interval>

const stepMs = ({ everySeconds }: Interval) => everySeconds * 1000
/** How many whole steps lie between the anchor and an instant. */
const stepsUpTo = (it: Interval, instant: Date) =>
  Math.floor((instant.getTime() - it.anchor.getTime()) / stepMs(it))
const atStep = (it: Interval, n: number) => new Date(it.anchor.getTime() + n * stepMs(it))

export const interval = clockKind({
  kind: 'interval',
  config: Interval,
  judge({ everySeconds, timezone }, { minimumIntervalSeconds }) {
    if (everySeconds >= minimumIntervalSeconds) return zoneFaults('timezone', timezone)
    const least = `the minimum interval of ${minimumIntervalSeconds} seconds that is set for this installation`
    return [{ path: 'everySeconds', message: `is ${everySeconds}, less than ${least}` }]
  },
  describe: ({ everySeconds }) => inWords(everySeconds),
  next: (it, after) => atStep(it, Math.max(1, stepsUpTo(it, after) + 1)),
  latest(it, after, upTo, count) {
    const last = stepsUpTo(it, upTo)
    const first = Math.max(1, stepsUpTo(it, after) + 1, last - count + 1)
    return last < first ? [] : Array.from({ length: last - first + 1 }, (_, i) => atStep(it, first + i))
  },
  count: (it, after, upTo) => ({
    count: Math.max(0, stepsUpTo(it, upTo) - Math.max(0, stepsUpTo(it, after))),
    exact: true,
  }),
})
