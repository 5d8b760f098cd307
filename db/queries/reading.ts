/**
 * Documents whose text is still to be read: who reads them, until when, and what came of it.
 *
 * Promise: a reading counts only for the version that it was made of, and for whoever holds the document.
 */
import { sql } from 'drizzle-orm'
import { alias, name, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

const d = alias(t.documents, 'd')
const p = alias(t.documentPieces, 'f')
const { documents } = t

export interface Taken {
  id: number
  name: string
  version: number
  attempts: number
}

const takeNext = statement({
  values: { now: 'instant', until: 'instant' },
  answer: {
    id: documents.id,
    name: documents.name,
    version: documents.version,
    attempts: documents.attempts,
  },
  text: ({ returning, skipLocked, values: { now, until } }) => sql`
  update documents ${set(documents, { leaseUntil: until, attempts: sql`${name(documents.attempts)} + 1` })}
  where ${name(documents.id)} = (
    select ${d.id} from ${table(d)}
    where ${d.status} = 'extracting' and (${d.leaseUntil} is null or ${d.leaseUntil} <= ${now})
    order by ${d.id} limit 1 ${skipLocked})
  ${returning}`,
})
/** Takes the next one for a while; null where nothing waits. */
export async function take(
  store: Store,
  { now, heldMs }: { now: Date; heldMs: number },
): Promise<Taken | null> {
  const [row] = await store.all(takeNext({ now, until: new Date(now.getTime() + heldMs) }))
  return row ?? null
}

const pieces = statement({
  values: { id: 'int' },
  answer: { base64: p.base64 },
  text: ({ answer, values: { id } }) => sql`
  select ${answer} from ${table(p)} where ${p.documentId} = ${id} order by ${p.n}`,
})
export async function bytesOf(store: Store, id: number): Promise<Buffer> {
  const found = await store.all(pieces({ id }))
  return Buffer.concat(found.map(({ base64 }) => Buffer.from(base64, 'base64')))
}

const held = { id: 'int', version: 'int', attempts: 'int' } as const
const isHeld = (it: Record<keyof typeof held, ReturnType<typeof sql>>) => sql`
  ${documents.id} = ${it.id} and ${documents.version} = ${it.version}
  and ${documents.attempts} = ${it.attempts} and ${documents.status} = 'extracting'`
const write = statement({
  values: {
    ...held,
    content: 'text',
    textLength: 'int',
    status: documents.status,
    problem: 'text?',
    now: 'instant',
  },
  text: ({ values: { id, version, attempts, now, ...values } }) => sql`
  update documents ${set(documents, { ...values, leaseUntil: sql`null`, updatedAt: now })}
  where ${isHeld({ id, version, attempts })}`,
})
/** Writes what was read, or why it was not. */
export async function settle(
  store: Store,
  { id, version, attempts }: Taken,
  it: { text: string; left: string | null } | { problem: string },
  now: Date,
): Promise<void> {
  const [text, status, problem] =
    'problem' in it ? (['', 'failed', it.problem] as const) : ([it.text, 'ready', it.left] as const)
  const values = { id, version, attempts, now, status, problem }
  await store.all(write({ ...values, content: text, textLength: text.length }))
}

const free = statement({
  values: held,
  text: ({ values }) => sql`
  update documents ${set(documents, { leaseUntil: sql`null`, attempts: sql`${name(documents.attempts)} - 1` })}
  where ${isHeld(values)}`,
})
export async function release(store: Store, { id, version, attempts }: Taken): Promise<void> {
  await store.all(free({ id, version, attempts }))
}

const freeAll = statement({
  text: () => sql`
  update documents ${set(documents, { leaseUntil: sql`null` })} where ${documents.status} = 'extracting'`,
})
/** For a server that knows that it is the only one. */
export async function releaseAll(store: Store): Promise<void> {
  await store.all(freeAll())
}
