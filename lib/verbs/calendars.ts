/** Calendars: days off, entered by editors or read from an address; read when they are saved. */
import * as rows from '#db/queries/calendars.ts'
import * as naming from '#db/queries/naming.ts'
import { type Box, MASK, opened, sealed } from '../agents/sealed.ts'
import { type Calendar, type CalendarChange, MOST_CALENDARS, type NewCalendar } from '../contract/calendar.ts'
import type { By } from '../contract/by.ts'
import { changedMeanwhile, notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import type { Calendars } from '../engine/calendars/index.ts'
import { datesIn } from '../engine/calendars/known.ts'
import { placeOf, settleUsers, usersOf } from '../engine/calendars/looking.ts'
import { calendarsNamedIn } from '../engine/calendars/using.ts'
import type { Deps } from './deps.ts'
import { keyed, madeAs, renamed, requireFree } from './keys.ts'
import { removeUnnamed } from './naming.ts'

export interface CalendarDeps extends Pick<Deps, 'store' | 'clock' | 'hint'> {
  engine: Pick<Deps['engine'], 'leaveTraces' | 'readiness'>
  calendarsRead: Pick<Calendars, 'check' | 'refusalOf'>
  box: Box
}
type Row = rows.CalendarRow

/** A reading may come between seeing and writing. */
const TRIES = 5

export async function list(deps: CalendarDeps, workspaceId: number): Promise<Calendar[]> {
  const [found, users] = await Promise.all([rows.list(deps.store, workspaceId), usersIn(deps, workspaceId)])
  return keyed(
    deps,
    keysIn(workspaceId),
    found.map((it) => shown(deps, it, users)),
  )
}
const keysIn = (workspaceId: number) => ({
  ...{ workspaceId, kind: 'calendar' as const },
  nameOf: ({ name }: { name: string }) => name,
})

export async function get(deps: CalendarDeps, workspaceId: number, id: number): Promise<Calendar> {
  const bare = shown(deps, await own(deps, workspaceId, id), await usersIn(deps, workspaceId))
  const [it] = await keyed(deps, keysIn(workspaceId), [bare])
  return it as Calendar
}

/** An address is read before it is answered: one that cannot be is kept, and says why. */
export async function add(
  deps: CalendarDeps,
  workspaceId: number,
  { key, ...calendar }: NewCalendar,
  by: By,
): Promise<Calendar> {
  const make = () => addOne(deps, workspaceId, calendar, by)
  return get(deps, workspaceId, (await madeAs(deps, keysIn(workspaceId), key, make)).id)
}

async function addOne(
  deps: CalendarDeps,
  workspaceId: number,
  { name, dates = [], icsUrl }: Omit<NewCalendar, 'key'>,
  by: By,
): Promise<Row> {
  const { store, clock, calendarsRead } = deps
  const url = icsUrl ? sealedUrl(deps, workspaceId, icsUrl, null) : null
  const values = { workspaceId, name, dates: inOrder(dates), icsUrl: url }
  const made = await rows.add(store, values, by.id, { now: clock.now(), most: MOST_CALENDARS })
  if (!made) {
    const message = `cannot be kept: a workspace has at most ${MOST_CALENDARS} calendars`
    throw unacceptable([{ path: 'name', message }])
  }
  if (url !== null) await calendarsRead.check(made)
  return made
}

/** What has passed belongs to the days of then: it leaves its traces first. */
export async function change(
  deps: CalendarDeps,
  workspaceId: number,
  id: number,
  { key, ...body }: CalendarChange,
  _by: By,
): Promise<Calendar> {
  await requireFree(deps, keysIn(workspaceId), id, key)
  return renamed(deps, keysIn(workspaceId), await changeOne(deps, workspaceId, id, body), key)
}

async function changeOne(
  deps: CalendarDeps,
  workspaceId: number,
  id: number,
  { revision, ...body }: Omit<CalendarChange, 'key'>,
): Promise<Calendar> {
  const { store, clock, engine } = deps
  for (let n = 0; n < TRIES; n++) {
    const before = await own(deps, workspaceId, id)
    if (revision !== undefined && revision !== before.revision) throw outdated(before)
    const values = changed(deps, before, body)
    await settleUsers({ store, clock, leaveTraces: engine.leaveTraces }, workspaceId, id)
    if (await rows.change(store, before, values, clock.now())) return changedNow(deps, before, values)
  }
  throw new ProblemError(
    409,
    'The calendar is being changed by somebody else at the same time. Read it again.',
  )
}

/** What is not named keeps its value; days take the place of an address, and an address that of days. */
function changed(
  deps: CalendarDeps,
  before: Row,
  { name, dates, icsUrl }: Omit<CalendarChange, 'revision' | 'key'>,
): rows.CalendarValues {
  const named = name === undefined ? {} : { name }
  if (dates !== undefined) return { ...named, ...UNREAD, dates: inOrder(dates), icsUrl: null, dueAt: null }
  if (icsUrl === null && before.icsUrl !== null)
    throw unacceptable([{ path: 'dates', message: 'is needed where there is no address' }])
  if (!icsUrl || (icsUrl === MASK && before.icsUrl !== null)) return named
  const url = sealedUrl(deps, before.workspaceId, icsUrl, before)
  // Until it is read the days stay that are known: a holiday in between is one all the same.
  return { ...named, ...UNREAD, icsUrl: url, dueAt: deps.clock.now().getTime() }
}
const UNREAD: rows.CalendarValues = {
  ...{ status: 'ok', lastError: null, note: null, failures: 0 },
  ...{ lastCheckedAt: null, readAt: null, validators: null },
}

async function changedNow(deps: CalendarDeps, before: Row, values: rows.CalendarValues): Promise<Calendar> {
  const { workspaceId, id } = before
  if (values.icsUrl) await deps.calendarsRead.check(before)
  // Another address, or days, may mend what was wrong with those that name it.
  if ('status' in values && before.status !== 'ok')
    for (const it of await usersOf(deps.store, workspaceId, id))
      await deps.engine.readiness.lasting({ ...it, triggerId: it.id, triggerName: it.name }, false)
  return get(deps, workspaceId, id)
}

export async function remove(deps: CalendarDeps, workspaceId: number, id: number, _by: By): Promise<void> {
  async function requireUnnamed() {
    await own(deps, workspaceId, id)
    const users = await usersOf(deps.store, workspaceId, id)
    if (users.length > 0)
      throw new ProblemError(
        409,
        `The calendar is used by ${users.map((it) => `“${it.name}” (${it.id})`).join(', ')}. Take it out of them, or delete them, first.`,
      )
  }
  await removeUnnamed(deps, workspaceId, requireUnnamed, (edits) =>
    naming.removeUnnamed(deps.store, 'calendar', { workspaceId, id, edits }),
  )
}

/** Reads its address now. */
export async function check(deps: CalendarDeps, workspaceId: number, id: number, _by: By): Promise<Calendar> {
  const row = await own(deps, workspaceId, id)
  if (row.icsUrl === null) throw new ProblemError(409, 'Its days are entered: there is no address to read.')
  await deps.calendarsRead.check(row)
  return get(deps, workspaceId, id)
}

async function own({ store }: Pick<CalendarDeps, 'store'>, workspaceId: number, id: number): Promise<Row> {
  const row = await rows.get(store, workspaceId, id)
  if (!row) throw notFound('calendar')
  return row
}

const outdated = ({ revision, updatedAt: at }: Row) =>
  changedMeanwhile({ what: 'this calendar', by: null, at, revision })

const inOrder = (dates: readonly string[]) => JSON.stringify([...new Set(dates)].toSorted())

function sealedUrl(
  { box, calendarsRead }: CalendarDeps,
  workspaceId: number,
  url: string,
  before: Row | null,
) {
  const refuse = (message: string) => unacceptable([{ path: 'icsUrl', message }])
  if (url === MASK)
    throw refuse(
      `is "${MASK}", which stands for what is kept: there is ${before ? 'no address' : 'none'}, enter it`,
    )
  const refusal = calendarsRead.refusalOf(url)
  if (refusal !== null) throw refuse(refusal)
  return sealed(box, url, placeOf(workspaceId))
}

type Users = Map<number, Calendar['usedBy']>

async function usersIn({ store }: CalendarDeps, workspaceId: number): Promise<Users> {
  const users: Users = new Map()
  for (const it of await rows.mayName(store, workspaceId))
    for (const id of calendarsNamedIn(it))
      users.set(id, [...(users.get(id) ?? []), { id: it.id, name: it.name }])
  return users
}

const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString())

function hostOf({ box }: CalendarDeps, { icsUrl, workspaceId }: Row): string | null {
  const url = icsUrl === null ? null : opened(box, icsUrl, placeOf(workspaceId))
  return url === null ? null : (URL.parse(url)?.host ?? null)
}

const shown = (deps: CalendarDeps, row: Row, users: Users): Omit<Calendar, 'key'> => ({
  ...{ id: row.id, name: row.name, dates: datesIn(row.dates) },
  ...{ icsUrl: row.icsUrl === null ? null : MASK, host: hostOf(deps, row) },
  ...{ status: row.status, lastError: row.lastError, note: row.note },
  lastCheckedAt: instant(row.lastCheckedAt),
  nextCheckAt: instant(row.dueAt),
  usedBy: users.get(row.id) ?? [],
  revision: row.revision,
  createdAt: new Date(row.createdAt).toISOString(),
  updatedAt: new Date(row.updatedAt).toISOString(),
})
