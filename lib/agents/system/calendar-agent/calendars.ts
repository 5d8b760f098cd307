/**
 * The calendars themselves, from an address or from a document of the workspace.
 *
 * Promise: one that cannot be read is a sentence, in which its address does not stand.
 */
import { days, hours } from '#lib/clock.ts'
import type { Entry, Spanned } from '#lib/documents/calendar.ts'
import type { Task } from '../../agent.ts'
import { addressOf, calendarAt, NOT_ITS_PAGE } from '../../reading/calendar.ts'
import type { Validators } from '../../reading/conditional.ts'
import type { Placed } from './deciding.ts'
import { type CalendarMemory, hashOf, keptAnswer, type Told } from './memory.ts'

/** So far is looked each time. */
const FARTHEST_MS = days(60)
/** So far is looked for what was told of and is not found there. */
const SEARCHED_MS = { back: days(366), ahead: days(2 * 366) }
/** So long an answer of "as before" may stand for what was read. */
const REMEMBERED_MS = hours(24)

export type Source = { url: string } | { documentId: number }
export interface Ground extends Pick<Task<unknown>, 'tools' | 'signal'> {
  nowMs: number
  aheadMs: number
  zone: string
  /** How many calendars there are. */
  of: number
  /** What was told of, by the hash of its key. */
  told: Record<string, Told>
}
export interface Looked {
  key: string
  label: string
  entries: Placed[]
  /** How far it was read as a whole; null: it is as before, or was not read. */
  wholeUntilMs: number | null
  problem: { words: string; transient: boolean; known: boolean } | null
  recovered: boolean
  /** It is empty and was not before: a server may answer so while something is wrong with it. */
  doubted: boolean
  /** What of it was not looked at. */
  left: string | null
  memory: CalendarMemory
}

export const keyOf = (source: Source): string =>
  hashOf('url' in source ? source.url : `document ${source.documentId}`)

export async function lookAt(
  source: Source,
  before: CalendarMemory | undefined,
  ground: Ground,
): Promise<Looked> {
  const key = keyOf(source)
  const label =
    before?.label ??
    ('url' in source
      ? (URL.parse(addressOf(source.url))?.host ?? 'A calendar')
      : `Document ${source.documentId}`)
  const none = { key, label, entries: [], wholeUntilMs: null, left: null, recovered: false, doubted: false }
  const read =
    'url' in source
      ? await ofAddress(source.url, before, ground)
      : await ofDocument(source.documentId, before, ground)
  if ('same' in read) {
    const { answer } = before as CalendarMemory
    const entries = (answer?.entries ?? []).map((it) => ({ ...it, from: key }))
    return {
      ...{ ...none, entries, problem: null, recovered: before?.failing ?? false },
      memory: { label, failing: false, empty: before?.empty ?? false, answer },
    }
  }
  if ('problem' in read)
    return {
      ...none,
      problem: { words: read.problem, transient: read.transient, known: before?.failing ?? false },
      memory: { label, answer: before?.answer ?? null, failing: true, empty: before?.empty ?? false },
    }
  return asRead(read, { key, label, before }, ground)
}

function asRead(
  { calendar, validators, name, farther }: Read,
  { key, label, before }: { key: string; label: string; before: CalendarMemory | undefined },
  ground: Ground,
): Looked {
  const empty = calendar.entries.length + farther.length === 0
  const doubted = empty && before !== undefined && !before.empty
  const called = calendar.name ?? name ?? label
  return {
    key,
    label: called,
    entries: [...calendar.entries, ...farther].map((it) => ({ ...it, from: key })),
    wholeUntilMs: doubted ? null : calendar.untilMs,
    left: calendar.left,
    problem: null,
    recovered: before?.failing ?? false,
    doubted,
    memory: {
      label: called,
      failing: false,
      empty,
      // The next time it is asked for as a whole, to see whether it is so.
      answer: doubted ? null : keptAnswer(soonOf(calendar, validators, ground), ground.of),
    },
  }
}

function soonOf({ entries, untilMs }: Spanned, validators: Validators, { nowMs, aheadMs, zone }: Ground) {
  const toMs = Math.min(untilMs, nowMs + aheadMs + REMEMBERED_MS)
  return { ...validators, zone, untilMs: toMs, entries: entries.filter((it) => it.startMs <= toMs) }
}

interface Problem {
  problem: string
  transient: boolean
}
interface Read {
  calendar: Spanned
  /** What was told of and stands beyond. */
  farther: Entry[]
  validators: Validators
  name: string | null
}

async function ofAddress(
  url: string,
  before: CalendarMemory | undefined,
  ground: Ground,
): Promise<Read | Problem | { same: true }> {
  const sent = await calendarAt(url, holding(before, ground) ?? {}, ground)
  if (!('bytes' in sent)) return sent
  const read = await entriesOf(sent.bytes, keyOf({ url }), ground)
  if ('problem' in read) return { problem: `${read.problem} ${NOT_ITS_PAGE}`, transient: false }
  return { ...read, validators: sent.validators }
}

/** What was kept must reach as far as this run looks, and be read in the same zone. */
function holding(before: CalendarMemory | undefined, { nowMs, aheadMs, zone }: Ground) {
  const answer = before?.answer
  return answer && answer.untilMs >= nowMs + aheadMs && answer.zone === zone ? answer : null
}

async function ofDocument(
  id: number,
  before: CalendarMemory | undefined,
  ground: Ground,
): Promise<Read | Problem | { same: true }> {
  const found = await ground.tools.workspace.original(id)
  if (!found)
    return {
      problem: `There is no document ${id} in this workspace any more. Choose another.`,
      transient: false,
    }
  const etag = hashOf(found.bytes)
  if (holding(before, ground)?.etag === etag) return { same: true }
  const read = await entriesOf(found.bytes, keyOf({ documentId: id }), ground)
  if ('problem' in read)
    return { problem: `${read.problem} Send it again as an .ics file.`, transient: false }
  return { ...read, validators: { etag }, name: found.name }
}

async function entriesOf(bytes: Buffer, key: string, ground: Ground): Promise<Read | { problem: string }> {
  const { tools, signal, nowMs, aheadMs, zone } = ground
  const span = { fromMs: nowMs - days(1), toMs: nowMs + Math.max(FARTHEST_MS, aheadMs + REMEMBERED_MS), zone }
  const calendar = await tools.files.entriesOf({ bytes, span }, signal)
  signal.throwIfAborted()
  if ('problem' in calendar) return calendar
  const missing = missingIn(calendar, key, ground)
  const whole = { fromMs: nowMs - SEARCHED_MS.back, toMs: nowMs + SEARCHED_MS.ahead, zone }
  const all = missing.size > 0 ? await tools.files.entriesOf({ bytes, span: whole }, signal) : null
  signal.throwIfAborted()
  const farther = all && 'entries' in all ? all.entries.filter((it) => missing.has(hashOf(it.key))) : []
  return { calendar, farther, validators: {}, name: null }
}

/** What was told of, is to come, and is not where it was looked for. */
function missingIn({ entries, untilMs }: Spanned, from: string, { told, nowMs }: Ground): Set<string> {
  const found = new Set(entries.map((it) => hashOf(it.key)))
  const isMissing = ([key, it]: [string, Told]) =>
    it.from === from && it.state === 'told' && it.startMs > nowMs && it.startMs < untilMs && !found.has(key)
  return new Set(
    Object.entries(told)
      .filter(isMissing)
      .map(([key]) => key),
  )
}
