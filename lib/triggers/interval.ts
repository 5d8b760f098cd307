/**
 * Every so many seconds, in real time: from its start on, or counted from where the trigger was made, which is no
 * run itself.
 */
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
  startsAt: z.date().nullable(),
  createdAt: z.date(),
})
type Interval = z.output<typeof Interval>

const stepMs = ({ everySeconds }: Interval) => everySeconds * 1000
/** Where it counts from. */
const anchorMs = ({ startsAt, createdAt }: Interval) => (startsAt ?? createdAt).getTime()
/** A start is the first run; without one, the first run is a step after the trigger was made. */
const firstStep = ({ startsAt }: Interval) => (startsAt ? 0 : 1)
/** How many whole steps lie between the anchor and an instant. */
const stepsUpTo = (it: Interval, instant: Date) => Math.floor((instant.getTime() - anchorMs(it)) / stepMs(it))
const atStep = (it: Interval, n: number) => new Date(anchorMs(it) + n * stepMs(it))
/** The number of the first run after an instant. */
const stepAfter = (it: Interval, instant: Date) => Math.max(firstStep(it), stepsUpTo(it, instant) + 1)

export const interval = clockKind({
  kind: 'interval',
  config: Interval,
  judge({ everySeconds, timezone }, { minimumIntervalSeconds }) {
    if (everySeconds >= minimumIntervalSeconds) return zoneFaults('timezone', timezone)
    const least = `the minimum interval of ${minimumIntervalSeconds} seconds that is set for this installation`
    return [{ path: 'everySeconds', message: `is ${everySeconds}, less than ${least}` }]
  },
  describe: ({ everySeconds }) => inWords(everySeconds),
  next: (it, after) => atStep(it, stepAfter(it, after)),
  latest(it, after, upTo, count) {
    const last = stepsUpTo(it, upTo)
    const first = Math.max(stepAfter(it, after), last - count + 1)
    return last < first ? [] : Array.from({ length: last - first + 1 }, (_, i) => atStep(it, first + i))
  },
  count: (it, after, upTo) => ({
    count: Math.max(0, stepsUpTo(it, upTo) - stepAfter(it, after) + 1),
    exact: true,
  }),
})
