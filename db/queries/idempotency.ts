/**
 * Answers that were given before, for clients that ask again because they did not hear.
 *
 * Promise: of two requests with one key, one performs. A server that died in between does not block the key for good.
 */
import { sql } from 'drizzle-orm'
import { intValue, type Store, type Text, textValue } from '../store.ts'

export interface Asked {
  actor: string
  key: string
  fingerprint: string
}

export type Turn =
  | { kind: 'perform' }
  | { kind: 'answered'; fingerprint: string; status: number; answer: string }
  | { kind: 'underway'; fingerprint: string }

const claimText: Text = () => sql`
  insert into idempotency_keys (actor, key, fingerprint, created_at)
  select ${textValue('actor')}, ${textValue('key')}, ${textValue('fingerprint')}, ${intValue('now')} where true
  on conflict do nothing returning key`
const takeOverText: Text = () => sql`
  update idempotency_keys set created_at = ${intValue('now')}
  where actor = ${textValue('actor')} and key = ${textValue('key')} and fingerprint = ${textValue('fingerprint')} and status is null and created_at < ${intValue('abandonedBefore')}
  returning key`
const readText: Text = () => sql`
  select fingerprint, status, answer from idempotency_keys where actor = ${textValue('actor')} and key = ${textValue('key')}`
/** Whose turn it is: the caller's, somebody's who is at it, or nobody's because it is answered. */
export async function begin(store: Store, asked: Asked, now: Date, abandonedBefore: Date): Promise<Turn> {
  const values = { ...asked, now, abandonedBefore }
  const [claimed, takenOver, rows] = await store.atomically([
    [claimText, values],
    [takeOverText, values],
    [readText, values],
  ])
  if (claimed?.length || takenOver?.length) return { kind: 'perform' }
  const [row] = rows as unknown as (
    | { fingerprint: string; status: number | null; answer: string | null }
    | undefined
  )[]
  // Gone again: whoever was at it has just given up.
  if (!row) return { kind: 'underway', fingerprint: asked.fingerprint }
  return row.status === null
    ? { kind: 'underway', fingerprint: row.fingerprint }
    : { kind: 'answered', fingerprint: row.fingerprint, status: row.status, answer: row.answer ?? '' }
}

const finishText: Text = () => sql`
  update idempotency_keys set status = ${intValue('status')}, answer = ${textValue('answer')} where actor = ${textValue('actor')} and key = ${textValue('key')}`
/** Keeps the answer for whoever asks again. */
export async function finish(store: Store, asked: Asked, status: number, answer: string): Promise<void> {
  await store.atomically([[finishText, { ...asked, status, answer }]])
}

const forgetText: Text = () => sql`
  delete from idempotency_keys where actor = ${textValue('actor')} and key = ${textValue('key')} and status is null`
/** Nothing came of it: the next request with the key performs. */
export async function forget(store: Store, asked: Asked): Promise<void> {
  await store.atomically([[forgetText, { ...asked }]])
}
