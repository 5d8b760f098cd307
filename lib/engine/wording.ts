/** The sentences of a trace, with wall-clock times in the trigger's zone. Pure. */
import type { DueTrigger } from '#db/queries/firing.ts'
import type { Outage } from '#db/queries/upkeep.ts'
import { shown } from '../recurrence/index.ts'

export type Words = ReturnType<typeof wording>

export function wording(trigger: DueTrigger, now: Date) {
  const day = (at: Date) => format(at, 'day')
  const at = (instant: Date) => format(instant, day(instant) === day(now) ? 'time' : 'moment')
  function format(instant: Date, style: Parameters<typeof shown>[2]): string {
    try {
      return shown(instant, trigger.timezone, style)
    } catch {
      return instant.toISOString()
    }
  }
  return {
    at,
    overlap:
      trigger.liveSince === null
        ? 'Skipped: the run before it was still going.'
        : `Skipped: the run of ${at(new Date(trigger.liveSince))} was still going.`,
    outage(outage: Outage | undefined): string {
      if (!outage) return 'the clock jumped past it'
      const range = `from ${at(outage.startedAt)} to ${at(outage.endedAt ?? now)}`
      return outage.kind === 'down'
        ? `the server was down ${range}`
        : `the server could not act ${range} (the computer slept, the process was frozen, or the clock was moved)`
    },
    policy(instant: Date, covering: Date | undefined): string {
      if (trigger.misfire === 'skip') return 'Missed runs of this schedule are not caught up.'
      if (covering) return `The run of ${at(covering)} stands for it.`
      return now.getTime() - instant.getTime() > trigger.catchupWindow * 1000
        ? 'It is too long ago to catch up.'
        : ''
    },
  }
}
