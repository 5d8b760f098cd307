/**
 * Which of the facts that came while nothing could fire still become runs, by each trigger's own policy.
 *
 * Promise: of what is missed, a trigger catches up the newest `maxCatchup` within `catchupWindow`, oldest first
 * (`latest`: the newest one; `skip`: none); the rest is one counted row an outage. Whoever asks, and asks again after a
 * crash in the middle, is answered alike: it is read from the story.
 */
import type { AwaitingTrigger } from '#db/queries/due.ts'
import { following } from '#db/queries/facts.ts'
import type { Outage } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import type { TriggerEvent } from '../contract/trigger-event.ts'
import { shown } from '../recurrence/index.ts'
import { factsIn } from './facts.ts'
import type { Interruptions } from './interruptions.ts'
import { turnOfOthers } from './slices.ts'
import { lengthOf, wording } from './wording.ts'

/** Rows of the story that are read together. */
const SLICE = 500

export interface Told {
  event: TriggerEvent
  /** When the story was told of it: what came from outside may have occurred long before. */
  toldAt: Date
}
export const toldIn = (rows: Awaited<ReturnType<typeof following>>): Told[] =>
  rows.flatMap((row) => factsIn(row).map((event) => ({ event, toldAt: new Date(row.at) })))

type Policy = Pick<AwaitingTrigger, 'id' | 'misfire' | 'maxCatchup' | 'catchupWindow'>
const mostOf = ({ misfire, maxCatchup }: Policy) =>
  misfire === 'skip' ? 0 : misfire === 'all' ? maxCatchup : 1
export const isTooOld = ({ catchupWindow }: Policy, toldAt: Date, now: Date) =>
  now.getTime() - toldAt.getTime() > catchupWindow * 1000

/** What one trigger has missed: the newest that are caught up, and how many are not. */
interface Missed {
  kept: number[]
  dropped: number
}
export interface Survey {
  /** It knows of the facts up to this one. */
  upTo: number
  /** Whether a missed fact is not caught up, and how many of its trigger are not. */
  dropped(triggerId: number, eventId: number): number | null
}

/** `fires`: which triggers a fact would fire, if it were not missed. */
export async function survey(
  store: Store,
  workspaceId: number,
  {
    after,
    now,
    interruptions,
    fires,
  }: { after: number; now: Date; interruptions: Interruptions; fires(told: Told): Policy[] },
): Promise<Survey> {
  const missed = new Map<number, Missed>()
  let upTo = after
  for (let isOver = false; !isOver; ) {
    const rows = await following(store, workspaceId, { after: upTo, limit: SLICE })
    isOver = rows.length < SLICE
    for (const told of toldIn(rows)) {
      if (interruptions.outage(told.toldAt) === null) {
        isOver = true
        break
      }
      upTo = told.event.id ?? upTo
      for (const it of fires(told)) note(missed, it, told, now)
    }
    upTo = isOver ? upTo : (rows.at(-1)?.seq ?? upTo)
    await turnOfOthers()
  }
  return {
    upTo,
    dropped(triggerId, eventId) {
      const it = missed.get(triggerId)
      if (!it || eventId > upTo) return null
      return eventId < (it.kept[0] ?? Number.POSITIVE_INFINITY) ? it.dropped : null
    },
  }
}

function note(missed: Map<number, Missed>, of: Policy, { event, toldAt }: Told, now: Date): void {
  const it = missed.getOrInsertComputed(of.id, () => ({ kept: [], dropped: 0 }))
  if (!isTooOld(of, toldAt, now)) it.kept.push(event.id ?? 0)
  else it.dropped++
  if (it.kept.length <= mostOf(of)) return
  it.kept.shift()
  it.dropped++
}

type Spoken = Parameters<typeof wording>[0]
/** Why what it missed did not run, in words. `outage` null: it was too long ago. */
export function saidOfMissed(trigger: Policy & Omit<Spoken, 'liveSince'>, outage: Outage, now: Date): string {
  const { misfire, maxCatchup, catchupWindow } = trigger
  const why = wording({ ...trigger, liveSince: null }, now).outage(outage, null)
  const window = lengthOf(catchupWindow * 1000)
  if (misfire === 'skip') return `Missed: ${why}. What came meanwhile is not caught up.`
  const newest = misfire === 'all' && maxCatchup > 1 ? `newest ${maxCatchup} are` : 'newest one is'
  return `Missed: ${why}. Of what came meanwhile the ${newest} caught up, where it came in the last ${window}.`
}

/** What a run says that makes good for a missed fact. */
export function saidOfCatchup({ timezone }: Pick<AwaitingTrigger, 'timezone'>, toldAt: Date): string {
  try {
    return `Catches up what came at ${shown(toldAt, timezone, 'moment')}.`
  } catch {
    return `Catches up what came at ${toldAt.toISOString()}.`
  }
}
