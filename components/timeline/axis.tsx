/** The axis above the lanes, and what lies across all of them: now, and when nothing could fire. */
import { cn } from '#components/ui/cn.ts'
import { formatDay } from '#components/ui/instants.ts'
import type { Lanes } from '#lib/client/timeline.ts'
import type { Timeline } from '#lib/contract/timeline.ts'
import { BANDS } from './drawing.ts'
import { placeOf, timeWords } from './lane.tsx'
import { type Stretch, ticksOf } from './span.ts'

const dayWords = (atMs: number, { zone, span }: Stretch): string =>
  formatDay(new Date(atMs), { day: 'numeric', ...(span === 'week' && { weekday: 'short' }) }, zone)

const TRACK = 'sm:ml-48'

export function Axis({ stretch, nowMs, awake }: { stretch: Stretch; nowMs: number; awake: boolean }) {
  const isHere = nowMs >= stretch.fromMs && nowMs < stretch.toMs
  return (
    <div
      aria-hidden
      className="sticky top-0 z-20 rounded-t-xl border-b border-line bg-surface text-xs text-faint tabular-nums"
    >
      <div className={cn('relative h-8', TRACK)}>
        {ticksOf(stretch).map(({ atMs, major }) => (
          <span
            key={atMs}
            className={cn(
              'absolute top-2 border-l border-line pl-1 whitespace-nowrap',
              !major && 'max-sm:hidden',
            )}
            style={{ left: `${placeOf(stretch, atMs)}%` }}
          >
            {stretch.span === 'day'
              ? timeWords(new Date(atMs).toISOString(), stretch, awake)
              : dayWords(atMs, stretch)}
          </span>
        ))}
        {isHere && (
          <span
            className="absolute bottom-0 size-1.5 -translate-x-1/2 rounded-full bg-accent"
            style={{ left: `${placeOf(stretch, nowMs)}%` }}
          />
        )}
      </div>
    </div>
  )
}

export function Bands({
  stretch,
  nowMs,
  timeline,
  shifts,
}: {
  stretch: Stretch
  nowMs: number
  timeline: Timeline | undefined
  shifts: Lanes['shifts']
}) {
  const isHere = nowMs >= stretch.fromMs && nowMs < stretch.toMs
  return (
    <div aria-hidden className={cn('pointer-events-none absolute inset-0', TRACK)}>
      {ticksOf(stretch).map(({ atMs }) => (
        <span
          key={atMs}
          className="absolute inset-y-0 border-l border-line/60"
          style={{ left: `${placeOf(stretch, atMs)}%` }}
        />
      ))}
      {timeline?.bands.map(({ kind, from, to }) => {
        const left = placeOf(stretch, Date.parse(from))
        const right = placeOf(stretch, to === null ? nowMs : Date.parse(to))
        return (
          <span
            key={`${kind} ${from}`}
            className={cn('absolute inset-y-0 min-w-0.5', BANDS[kind])}
            style={{ left: `${left}%`, width: `${right - left}%` }}
          />
        )
      })}
      {shifts.map(({ timezone, at }) => (
        <span
          key={`${timezone} ${at}`}
          className="absolute inset-y-0 border-l-2 border-dotted border-accent"
          style={{ left: `${placeOf(stretch, Date.parse(at))}%` }}
        />
      ))}
      {isHere && (
        <span
          className="absolute inset-y-0 border-l-[1.5px] border-accent"
          style={{ left: `${placeOf(stretch, nowMs)}%` }}
        />
      )}
    </div>
  )
}

const KINDS: Record<Timeline['bands'][number]['kind'], string> = {
  down: 'Server down',
  asleep: 'Server asleep',
  paused: 'Everything paused',
  clock: 'Clock set',
}
const MOST_NAMED = 8

/** The same in words: what lies across the lanes says nothing by itself. */
export function Notes({
  stretch,
  timeline,
  shifts,
  awake,
}: {
  stretch: Stretch
  timeline: Timeline | undefined
  shifts: Lanes['shifts']
  awake: boolean
}) {
  const bands = timeline?.bands ?? []
  const inside = bands.filter((it) => Date.parse(it.from) < stretch.toMs)
  if (inside.length + shifts.length === 0) return null
  const say = (at: string) => (Number.isNaN(Date.parse(at)) ? '' : saidAt(at, stretch, awake))
  return (
    <ul aria-label="What lies across all schedules" className="flex flex-col gap-1 text-sm text-soft">
      {inside.slice(-MOST_NAMED).map(({ kind, from, to, text }) => (
        <li key={`${kind} ${from}`} className="flex flex-wrap items-baseline gap-x-2">
          <span className={cn('size-3 shrink-0 self-center rounded-sm', BANDS[kind])} aria-hidden />
          <span className="font-medium">{KINDS[kind]}</span>
          <span className="tabular-nums">
            {say(from)} to {to === null ? 'now' : say(to)}
          </span>
          <span className="min-w-0 wrap-anywhere">{text}</span>
        </li>
      ))}
      {inside.length > MOST_NAMED && <li>{inside.length - MOST_NAMED} more before these.</li>}
      {shifts.map(({ timezone, at, text }) => (
        <li key={`${timezone} ${at}`} className="flex flex-wrap items-baseline gap-x-2">
          <span className="h-3 self-center border-l-2 border-dotted border-accent" aria-hidden />
          <span className="tabular-nums">{say(at)}</span>
          <span className="min-w-0 wrap-anywhere">{text}</span>
        </li>
      ))}
    </ul>
  )
}

/** The day, too, where it is another than the one that is shown. */
const saidAt = (at: string, stretch: Stretch, awake: boolean) => {
  const isInside = Date.parse(at) >= stretch.fromMs && Date.parse(at) < stretch.toMs
  return isInside ? timeWords(at, stretch, awake) : timeWords(at, { ...stretch, span: 'week' }, awake)
}
