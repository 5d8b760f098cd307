/**
 * Reads what a calendar's address says, and keeps its days.
 *
 * Promise: an address that cannot be read leaves its days as they are, and says why in a sentence in which the address
 * does not stand. What has passed belongs to the days of then: it leaves its traces before they change.
 */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import * as rows from '#db/queries/calendars.ts'
import type { Store } from '#db/store.ts'
import { type CalendarReach, daysAt } from '#lib/agents/reading/calendar.ts'
import { type Box, opened } from '#lib/agents/sealed.ts'
import { type Clock, days, minutes } from '#lib/clock.ts'
import { inTime } from '#lib/deadline.ts'
import { outcomeOf, type Reading } from './outcome.ts'
import { calendarsNamedIn } from './using.ts'

const BEHIND_MS = days(366)
const AHEAD_MS = days(2 * 366)
/** What repeats without end is read anew now and then, for the days ahead go on. */
const AS_BEFORE_MS = days(7)
const LONGEST_MS = minutes(2)

export interface LookingDeps extends CalendarReach {
  store: Store
  clock: Clock
  log: Logger
  box: Box
  /** Before the days of a trigger change: what has passed leaves its traces. */
  leaveTraces(triggerId: number, now: Date): Promise<void>
  hint(workspaceIds: number[]): void
}
type CalendarRow = rows.CalendarRow

/** Where addresses of a workspace are sealed for. */
export const placeOf = (workspaceId: number) => `calendars of workspace ${workspaceId}`

export const holding = (now: Date): rows.Holding => ({
  holder: randomUUID(),
  now,
  until: new Date(now.getTime() + LONGEST_MS + minutes(1)),
})

/** Reads one that is held, and keeps what it found: whether that counts, and stands otherwise than before. */
export async function look(
  deps: LookingDeps,
  row: CalendarRow,
  { holder }: Pick<rows.Holding, 'holder'>,
  stopped: AbortSignal,
): Promise<{ isKept: boolean; isNews: boolean }> {
  const { store, clock, log, hint } = deps
  const reading = await read(deps, row, stopped)
  const outcome = outcomeOf(row, reading, clock.now())
  if (outcome.found.dates !== row.dates) await settleUsers(deps, row.workspaceId, row.id)
  const isKept = await rows.keepRead(store, row, { holder, now: clock.now() }, outcome)
  const isNews = isKept && outcome.found.status !== row.status
  if (isNews) log.info({ calendarId: row.id, status: outcome.found.status }, 'A calendar was read.')
  if (isKept && outcome.notice !== null) hint([row.workspaceId])
  return { isKept, isNews }
}

async function read(deps: LookingDeps, row: CalendarRow, stopped: AbortSignal): Promise<Reading> {
  const late = () => new Error('It did not answer completely within 2 minutes.')
  try {
    return await inTime({ clock: deps.clock, ms: LONGEST_MS, signals: [stopped], late }, (signal) =>
      ask(deps, row, signal),
    )
  } catch (error) {
    stopped.throwIfAborted()
    return { kind: 'problem', message: (error as Error).message, passing: true }
  }
}

async function ask(deps: LookingDeps, row: CalendarRow, signal: AbortSignal): Promise<Reading> {
  const { store, clock, box, fetch, daysOf } = deps
  const url = row.icsUrl === null ? null : opened(box, row.icsUrl, placeOf(row.workspaceId))
  if (url === null)
    return problem(
      'Its address cannot be opened here: SIG_KEY or SIG_SALT is another than when it was saved. Enter it again.',
    )
  const now = clock.now().getTime()
  const isRecent = row.readAt !== null && row.readAt <= now && now - row.readAt < AS_BEFORE_MS
  const known = isRecent && row.validators !== null ? JSON.parse(row.validators) : {}
  const zone = (await rows.zoneOf(store, row.workspaceId)) ?? 'UTC'
  const span = { fromMs: now - BEHIND_MS, toMs: now + AHEAD_MS, zone }
  const sent = await daysAt(url, known, { fetch, daysOf, span, signal })
  if ('same' in sent)
    return isRecent ? { kind: 'same' } : problem('It says that nothing has changed, and was not asked that.')
  if ('problem' in sent) return problem(sent.problem, sent.transient)
  return { kind: 'days', dates: sent.dates, note: sent.left, validators: sent.validators }
}

const problem = (message: string, passing = false): Reading => ({ kind: 'problem', message, passing })

/** Those that name it. */
export async function usersOf(store: Store, workspaceId: number, id: number) {
  return (await rows.mayName(store, workspaceId)).filter((it) => calendarsNamedIn(it).includes(id))
}

/** What of them has passed leaves its traces, by the days that are known so far. */
export async function settleUsers(
  { store, clock, leaveTraces }: Pick<LookingDeps, 'store' | 'clock' | 'leaveTraces'>,
  workspaceId: number,
  id: number,
): Promise<void> {
  const now = clock.now()
  for (const it of await usersOf(store, workspaceId, id))
    if (it.nextRunAt !== null && it.nextRunAt <= now.getTime()) await leaveTraces(it.id, now)
}
