/**
 * Calendars of a workspace: the days on which the triggers that name them do not run.
 *
 * Promise: of several servers one reads an address at a time, and what it has read counts only for the calendar as it
 * was then; it is told in the transaction that keeps it. What was given in confidence is sealed before it comes here.
 */
import { and, asc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import { alias, insert, name, type RowsOf, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'
import { countEvents, lockWorkspaces, nextSeq } from './story.ts'

export type CalendarRow = Store['t']['calendars']['$inferSelect']
const { calendars } = t
const c = alias(calendars, 'c')
const w = alias(t.workspaces, 'w')
const m = alias(t.messages, 'm')

export const list = (store: Store, workspaceId: number): Promise<CalendarRow[]> =>
  store.q
    .select()
    .from(store.t.calendars)
    .where(eq(store.t.calendars.workspaceId, workspaceId))
    .orderBy(asc(store.t.calendars.id))

export const named = async (store: Store, workspaceId: number, ids: number[]): Promise<CalendarRow[]> =>
  ids.length === 0
    ? []
    : store.q
        .select()
        .from(store.t.calendars)
        .where(and(eq(store.t.calendars.workspaceId, workspaceId), inArray(store.t.calendars.id, ids)))
        .orderBy(asc(store.t.calendars.id))

export async function get(store: Store, workspaceId: number, id: number): Promise<CalendarRow | null> {
  const [row] = await named(store, workspaceId, [id])
  return row ?? null
}

const daysAmong = statement({
  rows: 'int',
  answer: { id: c.id, workspaceId: c.workspaceId, name: c.name, dates: c.dates },
  text: ({ page, row, answer }) => sql`select ${answer} from ${page} join ${table(c)} on ${c.id} = ${row}`,
})
/** The days of some calendars, of whichever workspaces. */
export const daysOf = (store: Store, ids: number[]) => store.all(daysAmong({ rows: ids }))

const put = statement({
  values: {
    workspaceId: calendars.workspaceId,
    name: calendars.name,
    dates: calendars.dates,
    icsUrl: calendars.icsUrl,
    dueAt: 'instant?',
    by: 'text',
    now: 'instant',
    most: 'int',
  },
  answer: { id: calendars.id },
  text: ({ values: { most, by, now, ...fields }, returning }) => sql`
  ${insert(calendars, { ...fields, createdBy: by, createdAt: now, updatedAt: now })}
  where ${most} > (select count(*) from ${table(c)} where ${c.workspaceId} = ${fields.workspaceId})
  ${returning}`,
})
export type NewCalendarRow = Pick<CalendarRow, 'workspaceId' | 'name' | 'dates' | 'icsUrl'>
/** Null where the workspace has as many as it may. An address is due at once. */
export async function add(
  store: Store,
  it: NewCalendarRow,
  by: string,
  { now, most }: { now: Date; most: number },
): Promise<CalendarRow | null> {
  const dueAt = it.icsUrl === null ? null : now
  // Two at once would each count without the other.
  const all = [lockWorkspaces([it.workspaceId]), put({ ...it, dueAt, by, now, most })] as const
  const [, [made]] = await store.atomically(all)
  return made ? get(store, it.workspaceId, made.id) : null
}

export type CalendarValues = Partial<
  Omit<CalendarRow, 'id' | 'workspaceId' | 'revision' | 'createdBy' | 'createdAt' | 'updatedAt'>
>
/** False where somebody has changed it since it was read, or it is gone. Who reads it just now reads for nothing. */
export async function change(
  store: Store,
  { id, revision }: Pick<CalendarRow, 'id' | 'revision'>,
  values: CalendarValues,
  now: Date,
): Promise<boolean> {
  const { calendars: it } = store.t
  const changed = await store.q
    .update(it)
    .set({ heldBy: null, heldUntil: null, ...values, revision: revision + 1, updatedAt: now.getTime() })
    .where(and(eq(it.id, id), eq(it.revision, revision)))
    .returning({ id: it.id })
  return changed.length > 0
}

const takeDue = statement({
  values: { holder: 'text', now: 'instant', until: 'instant', limit: 'int' },
  answer: { id: calendars.id, workspaceId: calendars.workspaceId },
  text: ({ returning, skipLocked, values: { holder, now, until, limit } }) => sql`
  update ${table(calendars)} ${set(calendars, { heldBy: holder, heldUntil: until })}
  where ${name(calendars.id)} in (
    select ${c.id} from ${table(c)}
    where ${c.dueAt} <= ${now} and (${c.heldUntil} is null or ${c.heldUntil} <= ${now})
    order by ${c.dueAt} limit ${limit} ${skipLocked})
  ${returning}`,
})
const takeOne = statement({
  values: { holder: 'text', id: 'int', until: 'instant' },
  answer: { id: calendars.id },
  text: ({ returning, values: { holder, id, until } }) => sql`
  update ${table(calendars)} ${set(calendars, { heldBy: holder, heldUntil: until })}
  where ${name(calendars.id)} = ${id} ${returning}`,
})
export interface Holding {
  /** Of one look: nobody else has the same. */
  holder: string
  now: Date
  until: Date
}
/** Those that are to be read and nobody reads, the longest due first: they are the holder's until then. */
export const take = (store: Store, it: Holding, limit: number): Promise<RowsOf<typeof takeDue>[]> =>
  store.all(takeDue({ ...it, limit }))
/** This one, whoever reads it: what that one reads does not count. */
export async function takeOver(store: Store, { holder, until }: Holding, id: number): Promise<void> {
  await store.all(takeOne({ holder, until, id }))
}

const seen = { id: 'int', revision: 'int', holder: 'text' } as const
const isSeen = (of: Readonly<Record<keyof typeof seen, unknown>>) => sql`exists (
  select 1 from ${table(c)}
  where ${c.id} = ${of.id} and ${c.revision} = ${of.revision} and ${c.heldBy} = ${of.holder})`
const write = statement({
  values: { ...seen, workspaceId: 'int', text: 'text?', now: 'instant' },
  text: ({ values: { workspaceId, text, now, ...of } }) => sql`
  ${insert(t.messages, {
    workspaceId: w.id,
    kind: sql`'notice'`,
    prompt: text,
    text,
    authorName: sql`'Carillon'`,
    createdAt: now,
    updatedAt: now,
  })}
  from ${table(w)} where ${w.id} = ${workspaceId} and ${text} is not null and ${isSeen(of)}`,
})
const tellWritten = statement({
  values: { ...seen, workspaceId: 'int', text: 'text?', now: 'instant' },
  text: ({ values: { workspaceId, text, now, ...of } }) => sql`
  ${insert(t.events, {
    workspaceId: w.id,
    seq: nextSeq(w, w.id),
    at: now,
    type: sql`'chat:message'`,
    messageId: sql`(select max(${m.id}) from ${table(m)} where ${m.workspaceId} = ${w.id})`,
  })}
  from ${table(w)} where ${w.id} = ${workspaceId} and ${text} is not null and ${isSeen(of)}`,
})
const found = {
  dates: calendars.dates,
  status: calendars.status,
  lastError: 'text?',
  note: 'text?',
  failures: 'int',
  readAt: 'instant?',
  validators: 'text?',
  dueAt: 'instant',
} as const
const keep = statement({
  values: { ...seen, ...found, now: 'instant' },
  answer: { id: calendars.id },
  text: ({ returning, values: { id, revision, holder, now, ...values } }) => sql`
  update ${table(calendars)} ${set(calendars, {
    ...values,
    lastCheckedAt: now,
    heldBy: sql`null`,
    heldUntil: sql`null`,
  })}
  where ${name(calendars.id)} = ${id} and ${name(calendars.revision)} = ${revision}
    and ${name(calendars.heldBy)} = ${holder} ${returning}`,
})
export type Found = Pick<CalendarRow, keyof typeof found> & { dueAt: number }
/** What was read of it, and what the chat hears of that. False where it was changed, or is read by somebody else. */
export async function keepRead(
  store: Store,
  { id, workspaceId, revision }: Pick<CalendarRow, 'id' | 'workspaceId' | 'revision'>,
  { holder, now }: Pick<Holding, 'holder' | 'now'>,
  { found, notice }: { found: Found; notice: string | null },
): Promise<boolean> {
  const of = { id, revision, holder, now }
  const kept = keep({ ...found, ...of })
  if (notice === null) return (await store.all(kept)).length > 0
  const said = { ...of, workspaceId, text: notice }
  // What is written leans on the calendar as it was seen, so that comes last.
  const all = [
    lockWorkspaces([workspaceId]),
    write(said),
    tellWritten(said),
    countEvents([workspaceId]),
    kept,
  ] as const
  const answers = await store.atomically(all)
  return answers[4].length > 0
}

/** Triggers that may name a calendar: it is for the reader to see which. */
export const mayName = (store: Store, workspaceId: number) => {
  const { triggers: it } = store.t
  return store.q
    .select({
      id: it.id,
      workspaceId: it.workspaceId,
      name: it.name,
      calendars: it.calendars,
      nextRunAt: it.nextRunAt,
      context: it.context,
      agentId: it.agentId,
      agentType: it.agentType,
    })
    .from(it)
    .where(and(eq(it.workspaceId, workspaceId), isNull(it.deletedAt), isNotNull(it.calendars)))
    .orderBy(asc(it.id))
}

/** What a trigger names, as JSON. */
export async function namesOf(store: Store, triggerId: number): Promise<string | null> {
  const { triggers: it } = store.t
  const [row] = await store.q.select({ calendars: it.calendars }).from(it).where(eq(it.id, triggerId))
  return row?.calendars ?? null
}

/** Whose clock tells the days of a calendar that names no zone. */
export async function zoneOf(
  { q, t: { workspaces: it } }: Store,
  workspaceId: number,
): Promise<string | null> {
  const [row] = await q.select({ timezone: it.timezone }).from(it).where(eq(it.id, workspaceId))
  return row?.timezone ?? null
}
