/**
 * Answers that were given before, for clients that ask again because they did not hear.
 *
 * Promise: of two requests with one key, one performs. A server that died in between does not block the key for good.
 */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { insert, set, statement, t, table } from '../statement.ts'
import type { Store } from '../store.ts'

export interface Asked {
  actor: string
  key: string
  fingerprint: string
}

export type Turn =
  | { kind: 'perform' }
  | { kind: 'answered'; fingerprint: string; status: number; answer: string }
  | { kind: 'underway'; fingerprint: string }

const { idempotencyKeys: it } = t
const which = { actor: it.actor, key: it.key }
const isIt = ({ actor, key }: Record<keyof typeof which, SQL>) =>
  sql`${it.actor} = ${actor} and ${it.key} = ${key}`

const claim = statement({
  values: { ...which, fingerprint: 'text', createdAt: 'instant' },
  answer: { key: it.key },
  text: ({ values, returning }) => sql`
  ${insert(it, values)} where true
  on conflict do nothing ${returning}`,
})
const takeOver = statement({
  values: { ...which, fingerprint: 'text', now: 'instant', abandonedBefore: 'instant' },
  answer: { key: it.key },
  text: ({ returning, values: { fingerprint, now, abandonedBefore, ...asked } }) => sql`
  update ${table(it)} ${set(it, { createdAt: now })}
  where ${isIt(asked)} and ${it.fingerprint} = ${fingerprint} and ${it.status} is null
    and ${it.createdAt} < ${abandonedBefore}
  ${returning}`,
})
const read = statement({
  values: which,
  answer: { fingerprint: it.fingerprint, status: it.status, answer: it.answer },
  text: ({ answer, values }) => sql`select ${answer} from ${table(it)} where ${isIt(values)}`,
})
/** Whose turn it is: the caller's, somebody's who is at it, or nobody's because it is answered. */
export async function begin(store: Store, asked: Asked, now: Date, abandonedBefore: Date): Promise<Turn> {
  const { actor, key } = asked
  const [claimed, takenOver, [row]] = await store.atomically([
    claim({ ...asked, createdAt: now }),
    takeOver({ ...asked, now, abandonedBefore }),
    read({ actor, key }),
  ])
  if (claimed.length > 0 || takenOver.length > 0) return { kind: 'perform' }
  // Gone again: whoever was at it has just given up.
  if (!row) return { kind: 'underway', fingerprint: asked.fingerprint }
  return row.status === null
    ? { kind: 'underway', fingerprint: row.fingerprint }
    : { kind: 'answered', fingerprint: row.fingerprint, status: row.status, answer: row.answer ?? '' }
}

/** Keeps the answer for whoever asks again. */
export async function finish(
  store: Store,
  { actor, key }: Asked,
  status: number,
  answer: string,
): Promise<void> {
  await store.q
    .update(store.t.idempotencyKeys)
    .set({ status, answer })
    .where(byKey(store, actor, key))
}

/** Nothing came of it: the next request with the key performs. */
export async function forget(store: Store, { actor, key }: Asked): Promise<void> {
  const { idempotencyKeys } = store.t
  await store.q.delete(idempotencyKeys).where(and(byKey(store, actor, key), isNull(idempotencyKeys.status)))
}
const byKey = ({ t: { idempotencyKeys } }: Store, actor: string, key: string) =>
  and(eq(idempotencyKeys.actor, actor), eq(idempotencyKeys.key, key))
