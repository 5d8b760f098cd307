/**
 * What resources are called in documents (`lib/contract/exchange.ts`).
 *
 * Promise: whatever is answered has a key, and keeps it when others or its own name change; one that somebody chose is
 * theirs or refused, before anything is made.
 */
import * as rows from '#db/queries/keys.ts'
import type { KeyedKind } from '#db/queries/keys.ts'
import { isUnavailable } from '#db/store.ts'
import { slugOf } from '../contract/fields.ts'
import { unacceptable } from '../contract/problem.ts'
import type { Deps } from './deps.ts'

type KeyDeps = Pick<Deps, 'store' | 'clock'>
interface Named {
  id: number
}
interface Keyed extends Named {
  key: string | null
}
export interface Scope<T> extends rows.Scope {
  /** Of which the key is made that something has from the beginning. */
  nameOf(it: T): string
}

/** Others may give keys at the same time. */
const TRIES = 5
/** So that a number behind it still makes a slug. */
const LONGEST = 55

/** Each with its key; what has none is given one. */
export async function keyed<T extends Named>(
  deps: KeyDeps,
  { nameOf, workspaceId, kind }: Scope<NoInfer<T>>,
  items: readonly T[],
): Promise<(T & { key: string })[]> {
  const scope = { workspaceId, kind }
  const ids = items.map((it) => it.id)
  let keys = await rows.keysOf(deps.store, scope, ids)
  for (let n = 0; n < TRIES && keys.size < ids.length; n++) {
    const lacking = items.filter((it) => !keys.has(it.id))
    const named = lacking.map((it) => ({ objectId: it.id, name: nameOf(it) }))
    if (!(await given(deps, scope, named))) break
    keys = await rows.keysOf(deps.store, scope, ids)
  }
  // What is deleted while it is shown has no key left.
  return items.map((it) => ({ ...it, key: keys.get(it.id) ?? freeKey(nameOf(it), kind, new Set()) }))
}

/** False where nothing can be written: what is there can be read all the same. */
async function given(
  { store, clock }: KeyDeps,
  scope: rows.Scope,
  lacking: { objectId: number; name: string }[],
): Promise<boolean> {
  try {
    await rows.sweep(store, scope, clock.now())
    const taken = await rows.taken(store, scope)
    const named = lacking.map(({ objectId, name }) => ({ objectId, key: freeKey(name, scope.kind, taken) }))
    await rows.give(store, scope, named, clock.now())
    return true
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return false
  }
}

/** "report", "report-2", "report-3"; it is taken then. */
function freeKey(name: string, kind: KeyedKind, taken: Set<string>): string {
  const base = slugOf(name, LONGEST) || kind
  let key = base
  for (let n = 2; taken.has(key); n++) key = `${base}-${n}`
  taken.add(key)
  return key
}

/**
 * Makes something that is to have this key; without one it is given one when it is first shown.
 * @throws ProblemError 422 where something else has it
 */
export async function madeAs<Made extends Named>(
  { store, clock }: KeyDeps,
  { workspaceId, kind }: rows.Scope,
  key: string | undefined,
  make: () => Promise<Made>,
): Promise<Made> {
  const scope = { workspaceId, kind }
  if (key === undefined) return make()
  if (!(await rows.hold(store, scope, key, clock.now()))) throw taken(kind, key)
  try {
    const made = await make()
    await rows.bind(store, scope, key, made.id)
    return made
  } catch (error) {
    await rows.release(store, scope, key)
    throw error
  }
}

/** Calls something that is there by another key. @throws ProblemError 422 where something else has it */
export async function renamed<It extends Keyed>(
  { store, clock }: KeyDeps,
  { workspaceId, kind }: rows.Scope,
  it: It,
  key: string | undefined,
): Promise<It> {
  if (key === undefined || it.key === key) return it
  if (!(await rows.rename(store, { workspaceId, kind }, { key, objectId: it.id, now: clock.now() })))
    throw taken(kind, key)
  return { ...it, key }
}

/** @throws ProblemError 422, before anything is changed, where something else has it */
export async function requireFree(
  { store }: Pick<Deps, 'store'>,
  { workspaceId, kind }: rows.Scope,
  id: number,
  key: string | undefined,
): Promise<void> {
  if (key === undefined) return
  const holder = await rows.behind(store, { workspaceId, kind }, key)
  if (holder !== null && holder !== id) throw taken(kind, key)
}

const WORDS: Record<KeyedKind, string> = {
  trigger: 'schedule',
  channel: 'channel',
  rule: 'rule',
  calendar: 'calendar',
  budget: 'budget',
  source: 'source',
}
const taken = (kind: KeyedKind, key: string) =>
  unacceptable([{ path: 'key', message: `is "${key}", which another ${WORDS[kind]} of this workspace has` }])
