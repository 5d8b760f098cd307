/**
 * What happens in a workspace, as triggers hear of it: told by programs, and looked through.
 *
 * Promise: what is told under a key is told once.
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { byKey, type FactRow, howFarBehind, newest } from '#db/queries/facts.ts'
import type { TriggerRow } from '#db/queries/triggers.ts'
import type { Store } from '#db/store.ts'
import type { AnswerOf, Api, BodyOf, QueryOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import { EventTrigger, type EventTypeInfo } from '../contract/event-trigger.ts'
import { notFound, ProblemError, unacceptable } from '../contract/problem.ts'
import { CUSTOM, EVENT_TYPES, isCustom, type TriggerEvent } from '../contract/trigger-event.ts'
import { factsIn } from '../engine/facts.ts'
import { listens } from '../triggers/event.ts'
import { accepting } from '../triggers/index.ts'
import type { Deps } from './deps.ts'
import { requireKeepingUp } from './keeping-up.ts'
import { triggerProactiveAgents } from './proactive.ts'

type Ground = Pick<Deps, 'store' | 'clock' | 'hint'>

const MOST_BYTES = 64 * 1024
/** Rows of the story that are read at a time. */
const SLICE = 500
/** How many slices are looked through for a page. */
const MOST_SLICES = 40

const CATALOGUE: EventTypeInfo[] = EVENT_TYPES.map(({ type, words, data, example }) => ({
  type,
  words,
  schema: z.toJSONSchema(data) as Record<string, unknown>,
  example,
}))
export const types = (_deps: object): EventTypeInfo[] => CATALOGUE

/** `isNew` is false where the same was told before under its key. */
export async function post(
  { store, clock, hint }: Ground,
  workspaceId: number,
  { type, dedupeKey, data }: BodyOf<Api['postTriggerEvent']>,
  by: By,
): Promise<{ event: TriggerEvent; isNew: boolean }> {
  if (!isCustom(type)) throw unacceptable([{ path: 'type', message: notCustom(type) }])
  if (Buffer.byteLength(JSON.stringify(data)) > MOST_BYTES)
    throw unacceptable([{ path: 'data', message: 'expects at most 64 KiB' }])
  requireKeepingUp(await howFarBehind(store, workspaceId))
  const key = dedupeKey === undefined ? `told:${crypto.randomUUID()}` : `${CUSTOM}${dedupeKey}`
  const known = await byKey(store, workspaceId, key)
  if (known) return { event: sameAs(known, type, data), isNew: false }
  const now = clock.now()
  // Whatever a program calls its fields, none of them is ours.
  const how = { actor: by, dedupeKey: key, occurredAt: now, data }
  await triggerProactiveAgents({ store, clock, hint }, type, { workspaceId }, how)
  const row = await byKey(store, workspaceId, key)
  if (!row) throw new Error('An event that was just told is not there.')
  const event = sameAs(row, type, data)
  return { event, isNew: event.occurredAt === now.toISOString() }
}

const notCustom = (type: string) =>
  EVENT_TYPES.some((it) => it.type === type)
    ? `is "${type}", which the product tells of itself: begin with "${CUSTOM}"`
    : `is "${type}": expects "${CUSTOM}" and a name of small letters, digits, - and _, such as custom.order.created`

function sameAs(row: FactRow, type: string, data: Record<string, unknown>): TriggerEvent {
  const told = JSON.parse(row.fact ?? '{}') as { data?: unknown }
  if (row.factType !== type || !isDeepStrictEqual(told.data, JSON.parse(JSON.stringify(data))))
    throw new ProblemError(409, 'Something else was told under this key. Use another key for another event.')
  return factsIn(row)[0] as TriggerEvent
}

interface Wanted {
  from?: string | undefined
  to?: string | undefined
  before: number
  limit: number
  /** How many slices of the story are looked through. */
  slices?: number
  pick(event: TriggerEvent): boolean
}
/** The newest first, as far as was looked: `rest` is where to go on. */
export async function found(
  store: Store,
  workspaceId: number,
  it: Wanted,
): Promise<{ events: TriggerEvent[]; rest: number | null }> {
  const events: TriggerEvent[] = []
  let before = it.before
  for (let slices = 0; slices < (it.slices ?? MOST_SLICES) && events.length < it.limit; slices++) {
    const rows = await newest(store, workspaceId, {
      before,
      from: it.from ? new Date(it.from) : null,
      to: it.to ? new Date(it.to) : null,
      limit: SLICE,
    })
    events.push(...rows.flatMap((row) => factsIn(row).reverse()).filter(it.pick))
    if (rows.length < SLICE) return { events: events.slice(0, it.limit), rest: null }
    before = rows.at(-1)?.seq ?? 0
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return { events: events.slice(0, it.limit), rest: before }
}

export async function list(
  { store }: Pick<Ground, 'store'>,
  workspaceId: number,
  { limit, cursor, type, from, to, q }: QueryOf<Api['listTriggerEvents']>,
): Promise<AnswerOf<Api['listTriggerEvents']>> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
  if (!Number.isSafeInteger(before) || before < 1)
    throw unacceptable([{ path: 'cursor', message: 'is not one that a list has answered' }])
  const words = q?.trim().toLowerCase()
  const { events, rest } = await found(store, workspaceId, {
    ...{ from, to, before, limit: limit + 1 },
    pick: (it) =>
      (it.id ?? 0) < before &&
      (!type || it.type === type || (type.endsWith('.*') && it.type.startsWith(type.slice(0, -1)))) &&
      (!words || JSON.stringify(it.data).toLowerCase().includes(words)),
  })
  const page = events.slice(0, limit)
  const next = events.length > limit ? page.at(-1)?.id : rest
  return { events: page, nextCursor: next == null ? null : String(next) }
}

/** Null: it never was, or is no longer kept. */
export async function known(
  { store }: Pick<Ground, 'store'>,
  workspaceId: number,
  id: number,
): Promise<TriggerEvent | null> {
  const rows = await newest(store, workspaceId, { before: id + SLICE, from: null, to: null, limit: SLICE })
  return rows.flatMap(factsIn).find((it) => it.id === id) ?? null
}
/** @throws ProblemError 404 */
export async function one(
  ground: Pick<Ground, 'store'>,
  workspaceId: number,
  id: number,
): Promise<TriggerEvent> {
  const event = await known(ground, workspaceId, id)
  if (!event) throw notFound('event')
  return event
}

/** A span of days that tells much is read as far as this. */
const BACKFILL_SLICES = 1000
/** What an event trigger fires on, of a span, the oldest first; `truncated`: there may be more. */
export async function factsBetween(
  { store }: Pick<Ground, 'store'>,
  trigger: TriggerRow,
  { from, to, limit }: { from: string; to: string; limit: number },
): Promise<{ events: TriggerEvent[]; truncated: boolean }> {
  const config = EventTrigger.parse(JSON.parse(trigger.config))
  const accepts = accepting(trigger)
  const pick = (it: TriggerEvent) => listens(config, it, trigger.id) && accepts(it).pass
  const { events, rest } = await found(store, trigger.workspaceId, {
    ...{ from, to, pick, before: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER },
    slices: BACKFILL_SLICES,
  })
  return { events: events.reverse().slice(0, limit), truncated: rest !== null || events.length > limit }
}
