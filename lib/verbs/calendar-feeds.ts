/**
 * What comes, for calendar programs: an address that a person hands to their own.
 *
 * Promise: the address is told once, kept by nobody, and opens what comes in one workspace and nothing else; it ends
 * with the person's right to look there. An event keeps its name as long as its instant stands.
 */
import * as rows from '#db/queries/calendar-feeds.ts'
import * as timeline from '#db/queries/timeline.ts'
import { days, hours } from '../clock.ts'
import type { CalendarFeed } from '../contract/calendar-feed.ts'
import { notFound } from '../contract/problem.ts'
import { daysOffOf } from '../engine/calendars/known.ts'
import { aheadOf } from '../engine/lanes.ts'
import { inSlices } from '../engine/slices.ts'
import { describe } from '../triggers/index.ts'
import { digestOf, isToken, newToken } from '../triggers/webhook/address.ts'
import { calendarText, type Coming } from './calendar-text.ts'
import type { Deps } from './deps.ts'

type FeedDeps = Pick<Deps, 'store' | 'clock'> & { baseUrl: string }

const AHEAD_MS = days(30)
/** A calendar is for people: what runs more often in that time would fill it, and is named instead. */
const MOST_OF_ONE = 200
const MOST_ALONE = 1_000
const MOST_EVENTS = 5_000
const MOST_SCHEDULES = 10_000
const READ_EVERY_MS = hours(1)

const iso = (ms: number) => new Date(ms).toISOString()

export async function list({ store }: FeedDeps, userId: string): Promise<CalendarFeed[]> {
  return (await rows.list(store, userId)).map(({ id, slug, name, createdAt, readAt }) => ({
    ...{ id, workspace: { slug, name }, createdAt: iso(createdAt) },
    lastReadAt: readAt === null ? null : iso(readAt),
  }))
}

/** The address of before, if there was one, ends. */
export async function add(
  { store, clock, baseUrl }: FeedDeps,
  userId: string,
  { id: workspaceId, slug, name }: { id: number; slug: string; name: string },
): Promise<{ feed: CalendarFeed; url: string }> {
  const token = newToken()
  const now = clock.now()
  const { id } = await rows.replace(store, { userId, workspaceId, tokenHash: digestOf(token), now })
  const feed = { id, workspace: { slug, name }, createdAt: now.toISOString(), lastReadAt: null }
  return { feed, url: `${baseUrl}/api/calendar/${token}.ics` }
}

export async function remove({ store }: FeedDeps, userId: string, id: number): Promise<void> {
  if (!(await rows.remove(store, userId, id))) throw notFound('calendar')
}

export type Feed = NonNullable<Awaited<ReturnType<typeof rows.at>>> & { tokenHash: string }

/** @throws ProblemError 404, in the same words whatever is wrong with the address */
export async function at({ store }: FeedDeps, address: string): Promise<Feed> {
  const token = address.replace(/\.ics$/, '')
  const tokenHash = digestOf(token)
  const found = isToken(token) ? await rows.at(store, tokenHash) : null
  if (!found) throw notFound('calendar')
  return { ...found, tokenHash }
}

/** What comes within 30 days, as a calendar; of one schedule alone where it is named. */
export async function text(deps: FeedDeps, feed: Feed, schedule?: number): Promise<string> {
  const { store, clock, baseUrl } = deps
  const now = clock.now()
  if (feed.readAt === null || feed.readAt < now.getTime() - READ_EVERY_MS)
    await rows.read(store, feed.id, now)
  const span = { from: now, to: new Date(now.getTime() + AHEAD_MS), now, stepMs: hours(1) }
  const asked = { workspaceId: feed.workspaceId, triggerId: schedule, onlyTrouble: false, goneSince: now }
  const lanes = await timeline.lanes(store, { ...span, ...asked, limit: MOST_SCHEDULES, skip: 0 })
  const daysOff = await daysOffOf(store, lanes)
  const most = schedule === undefined ? MOST_OF_ONE : MOST_ALONE
  const coming: Coming[] = []
  const leftOut: string[] = []
  await inSlices(lanes, (row) => {
    const { instants, isCut } = aheadOf(row, span, daysOff(row), most)
    if ((isCut && schedule === undefined) || coming.length >= MOST_EVENTS) leftOut.push(row.name)
    else
      for (const { at, off } of instants)
        if (off === null)
          coming.push({ triggerId: row.id, name: row.name, words: describe(row), at: new Date(at) })
  })
  return calendarText({ baseUrl, slug: feed.slug, name: feed.workspaceName, now, coming, leftOut })
}
