/** The sentences of a trace, with wall-clock times in the trigger's zone. Pure. */
import type { DueTrigger } from '#db/queries/due.ts'
import type { Outage } from '#db/queries/upkeep.ts'
import { shown } from '../recurrence/index.ts'

export type Words = ReturnType<typeof wording>

export function wording(
  trigger: Pick<DueTrigger, 'timezone' | 'liveSince' | 'misfire' | 'catchupWindow'>,
  now: Date,
) {
  const day = (at: Date) => format(at, 'day')
  /**
   * Without its day only where that, and that of what else the sentence is about, is the day on which it is written:
   * the text is kept, and read on others.
   */
  const at = (instant: Date, ...about: Date[]) =>
    format(instant, [instant, ...about].every((one) => day(one) === day(now)) ? 'time' : 'moment')
  function format(instant: Date, style: Parameters<typeof shown>[2]): string {
    try {
      return shown(instant, trigger.timezone, style)
    } catch {
      return instant.toISOString()
    }
  }
  return {
    at,
    overlap: (instant: Date) =>
      trigger.liveSince === null
        ? 'Skipped: the run before it was still going.'
        : `Skipped: the run of ${at(new Date(trigger.liveSince), instant)} was still going.`,
    range: (first: Date, final: Date) => `from ${at(first, final)} to ${at(final, first)}`,
    /** `about`: the first instant that it kept from running, and the last. */
    outage(outage: Outage | undefined, about: { first: Date; final: Date } | null): string {
      if (!outage)
        return about?.first.getTime() === about?.final.getTime()
          ? 'the clock jumped past it'
          : 'the clock jumped past them'
      const [from, to] = [outage.startedAt, outage.endedAt ?? now]
      const all = about ? [from, to, about.first, about.final] : [from, to]
      const range = `from ${at(from, ...all)} to ${at(to, ...all)}`
      return outage.kind === 'down'
        ? `the server was down ${range}`
        : `the server could not act ${range} (the computer slept, the process was frozen, or the clock was moved)`
    },
    policy(instant: Date, covering: Date | undefined): string {
      if (trigger.misfire === 'skip') return 'Missed runs of this schedule are not caught up.'
      if (covering) return `The run of ${at(covering, instant)} stands for it.`
      return now.getTime() - instant.getTime() > trigger.catchupWindow * 1000
        ? 'It is too long ago to catch up.'
        : ''
    },
  }
}

/** "switched off", and why; the product's own reason says both by itself. */
export function switchedOff({ disabledReason }: { disabledReason: string | null }): string {
  const reason = disabledReason?.replace(/\.$/, '')
  if (!reason) return 'switched off'
  return reason.startsWith('Switched off') ? `s${reason.slice(1)}` : `switched off: ${reason}`
}

const UNITS = [
  { ms: 86_400_000, short: 'd' },
  { ms: 3_600_000, short: 'h' },
  { ms: 60_000, short: 'min' },
  { ms: 1_000, short: 's' },
] as const
/** How long, by its two largest units: "2 h 55 min"; what took no second, by its milliseconds. */
export function lengthOf(lengthMs: number): string {
  if (lengthMs > 0 && lengthMs < 1000) return `${Math.ceil(lengthMs)} ms`
  const largest = UNITS.findIndex((it) => lengthMs >= it.ms)
  const used = UNITS.slice(largest < 0 ? -1 : largest).slice(0, 2)
  let left = lengthMs
  const parts = used.map(({ ms, short }) => {
    const n = Math.floor(left / ms)
    left -= n * ms
    return n > 0 ? `${n} ${short}` : ''
  })
  return parts.filter(Boolean).join(' ') || '0 s'
}
