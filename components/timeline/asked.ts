/** What an address asks the timeline for. Pure: the server reads it while it draws the page, and the page goes on. */
import type { TimelineAsked } from '#lib/client/timeline.ts'
import { dayAt, judgedDay, SPANS, type Stretch, stretchOf } from './span.ts'

const judgedInstant = (text: string | null | undefined) => {
  const at = text ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

export interface Given {
  day?: string | null | undefined
  at?: string | null | undefined
  schedule?: number | null | undefined
  of?: number | null | undefined
}

/** The day that is asked for, or that of the instant that is. */
export function shownDay({ day, at }: Given, zone: string): string | null {
  const instant = judgedInstant(at)
  return judgedDay(day) ?? (instant && judgedDay(dayAt(instant, zone)))
}

/** What somebody asks about, of which schedule. */
export function openedOf({ at, of, schedule }: Given): { triggerId: number; at: string } | null {
  const instant = judgedInstant(at)
  const triggerId = of ?? schedule
  return instant && triggerId ? { triggerId, at: instant } : null
}
export type Opened = NonNullable<ReturnType<typeof openedOf>>

export function askedOf(
  { fromMs, toMs }: Pick<Stretch, 'fromMs' | 'toMs'>,
  { q, show, schedule }: { q: string; show: 'trouble' | null; schedule: number | null },
): TimelineAsked {
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    q: q || undefined,
    show: show ?? undefined,
    triggerId: schedule ?? undefined,
  }
}

export const sameAsked = (one: TimelineAsked, other: TimelineAsked) =>
  (['from', 'to', 'q', 'show', 'triggerId'] as const).every((it) => one[it] === other[it])

/** Of the words of an address, which may be anything. */
export function timelineAsked(
  words: Record<string, string | string[] | undefined>,
  zone: string,
  now: string,
): TimelineAsked {
  const one = (name: string) => (typeof words[name] === 'string' ? words[name] : null)
  const span = SPANS.find((it) => it === one('span')) ?? 'day'
  const id = Number(one('schedule'))
  const day = shownDay({ day: one('day'), at: one('at') }, zone) ?? dayAt(now, zone)
  return askedOf(stretchOf(span, day, zone), {
    q: (one('q') ?? '').trim().slice(0, 200),
    show: one('show') === 'trouble' ? 'trouble' : null,
    schedule: Number.isSafeInteger(id) && id > 0 ? id : null,
  })
}
