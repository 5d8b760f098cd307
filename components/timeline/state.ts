'use client'
/** What of the timeline is shown; it stands in the address, so that a view can be sent to somebody. */
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import { useNow } from '#components/ui/clock.ts'
import { useResting } from '#components/ui/resting.ts'
import { useZone } from '#components/ui/time.tsx'
import type { TimelineAsked } from '#lib/client/timeline.ts'
import type { Timeline } from '#lib/contract/timeline.ts'
import { askedOf, openedOf, sameAsked, shownDay } from './asked.ts'
import { dayAt, SPANS, stretchOf } from './span.ts'

/** What the server said while it drew the page, and for which zone. */
export interface Known {
  zone: string
  asked: TimelineAsked
  timeline: Timeline
}

const MINUTE_MS = 60_000

/** The same object as long as nothing changes. */
export function useView(known: Known) {
  const [given, set] = useQueryStates({
    span: parseAsStringLiteral(SPANS).withDefault('day'),
    day: parseAsString,
    q: parseAsString.withDefault(''),
    show: parseAsStringLiteral(['trouble'] as const),
    schedule: parseAsInteger,
    view: parseAsStringLiteral(['table'] as const),
    of: parseAsInteger,
    at: parseAsString,
  })
  const own = useZone()
  const nowMs = useNow(MINUTE_MS) ?? Date.parse(known.timeline.at)
  const q = useResting(given.q.trim())
  return useMemo(() => {
    const zone = own ?? known.zone
    const today = dayAt(new Date(nowMs).toISOString(), zone)
    const stretchIn = (it: typeof given) => stretchOf(it.span, shownDay(it, zone) ?? today, zone)
    const stretch = stretchIn(given)
    const asked = askedOf(stretch, { ...given, q })
    return {
      given,
      set,
      ...{ zone, nowMs, today, stretch, stretchIn, asked, awake: own !== null },
      opened: openedOf(given),
      known: sameAsked(asked, known.asked) ? known.timeline : undefined,
    }
  }, [given, set, q, nowMs, own, known])
}
export type View = ReturnType<typeof useView>
