/** The past and what comes on one axis. */
import * as rows from '#db/queries/timeline.ts'
import { days } from '../clock.ts'
import { ProblemError } from '../contract/problem.ts'
import type { Lane, Mark, Timeline, TimelineQuery } from '../contract/timeline.ts'
import { RESTORABLE_DAYS } from '../contract/trigger.ts'
import { daysOffOf } from '../engine/calendars/known.ts'
import {
  aheadOf,
  laneOf,
  markOf,
  marksAhead,
  marksOfSums,
  MOST_SINGLE,
  offOf,
  type Span,
  stepFor,
  sumsOf,
} from '../engine/lanes.ts'
import { inSlices } from '../engine/slices.ts'
import { shiftsBetween } from '../recurrence/index.ts'
import { followsClock } from '../triggers/index.ts'
import type { Deps } from './deps.ts'

/** So many rows are summed up for one answer, and so many of one lane at least. */
const MOST_SUMMED = 24_000
const LEAST_SUMMED = 1_000
/** So many instants to come are looked at for one answer, and so many of one lane. */
const MOST_AHEAD = 8_000
const MOST_AHEAD_OF_ONE = 2_000

type Looking = Pick<Deps, 'store' | 'clock'>

export async function timeline(
  { store, clock }: Looking,
  workspaceId: number,
  { from: fromText, to: toText, limit, cursor, show, ...filter }: TimelineQuery,
): Promise<Timeline> {
  const [from, to, now] = [new Date(fromText), new Date(toText), clock.now()]
  const span = { from, to, now, stepMs: stepFor(from, to) }
  const skip = skipOf(cursor)
  const goneSince = new Date(Math.max(from.getTime(), now.getTime() - days(RESTORABLE_DAYS)))
  const asked = {
    workspaceId,
    from,
    to,
    goneSince,
    limit,
    skip,
    onlyTrouble: show === 'trouble',
    ...filter,
  }
  const [lanes, outages] = await Promise.all([
    rows.lanes(store, asked),
    rows.outagesWithin(store, { from, to }),
  ])
  const total = lanes[0]?.total ?? 0
  return {
    ...{ from: from.toISOString(), to: to.toISOString(), at: now.toISOString(), stepMs: span.stepMs },
    bands: outages.toReversed().map(({ kind, reason, startedAt, endedAt }) => ({
      ...{ kind, text: reason, from: new Date(startedAt).toISOString() },
      to: endedAt === null ? null : new Date(endedAt).toISOString(),
    })),
    shifts: [...new Set(lanes.map((it) => it.timezone))].flatMap((timezone) =>
      shiftsBetween(timezone, from, to).map(({ at, ...it }) => ({ timezone, at: at.toISOString(), ...it })),
    ),
    lanes: await filled({ store }, lanes, span),
    total,
    nextCursor: skip + lanes.length < total ? String(skip + lanes.length) : null,
  }
}

function skipOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  if (!/^\d{1,6}$/.test(cursor))
    throw new ProblemError(400, `The cursor "${cursor}" is not one that this server gave.`)
  return Number(cursor)
}

async function filled({ store }: Pick<Deps, 'store'>, lanes: rows.LaneRow[], span: Span): Promise<Lane[]> {
  const [past, switches, daysOff] = await Promise.all([
    pastOf({ store }, lanes, span),
    rows.switches(
      store,
      lanes.map((it) => it.id),
      span,
    ),
    daysOffOf(store, lanes),
  ])
  const switchesOf = Map.groupBy(switches, (it) => it.triggerId)
  const made: Lane[] = []
  let left = MOST_AHEAD
  await inSlices(lanes, (row) => {
    const { marks, shownFrom } = past(row.id)
    const ahead = aheadOf(row, span, daysOff(row), Math.min(left, MOST_AHEAD_OF_ONE))
    left -= ahead.instants.length
    const { marks: planned, shownUntil } = marksAhead(ahead, span)
    const off = offOf(row, switchesOf.get(row.id) ?? [], marks, span)
    made.push(laneOf(row, { marks: [...marks, ...planned], off, shownFrom, shownUntil }))
  })
  return made
}

interface Past {
  marks: Mark[]
  shownFrom: string | null
}

async function pastOf(
  { store }: Pick<Deps, 'store'>,
  lanes: readonly rows.LaneRow[],
  { from, to, now, stepMs }: Span,
): Promise<(id: number) => Past> {
  const ids = lanes.map((it) => it.id)
  if (from > now) return () => ({ marks: [], shownFrom: null })
  const dense = await rows.withMoreThan(store, ids, { from, to }, MOST_SINGLE)
  const sparse = ids.filter((it) => !dense.has(it))
  const most = Math.max(LEAST_SUMMED, Math.floor(MOST_SUMMED / Math.max(1, dense.size)))
  const [within, over, later, summed] = await Promise.all([
    rows.runsWithin(store, sparse, { since: rows.sinceOf(from), from, to, now }),
    rows.gapsOver(store, [...dense], { from, writtenFrom: from }),
    to < now ? rows.writtenLater(store, ids, { from, to }) : [],
    rows.sums(store, [...dense], { from, to, stepMs, most }),
  ])
  const unique = new Map([...within, ...over, ...later].map((it) => [it.id, it]))
  const single = Map.groupBy(unique.values(), (it) => it.triggerId)
  const clocked = new Set(lanes.flatMap((it) => (followsClock(it.kind) ? [it.id] : [])))
  const sums = Map.groupBy(summed.rows, (it) => it.triggerId)
  return (id) => {
    const older = summed.cut.get(id)
    const own = single.get(id) ?? []
    // Where there are many, only what reaches in from before stands alone.
    const isAlone = (it: rows.RunRow) => !dense.has(id) || it.place < from.getTime()
    const all = [
      ...(sums.get(id) ?? []),
      ...sumsOf(
        own.filter((it) => !isAlone(it)),
        { from, stepMs },
      ),
    ]
    return {
      marks: [...own.filter(isAlone).map(markOf), ...marksOfSums(all, clocked.has(id))],
      shownFrom: older === undefined ? null : new Date(older).toISOString(),
    }
  }
}
