/**
 * What a source of values is: one file in `sources/`, and a line in its index.
 *
 * Promise: a look changes nothing anywhere, ends with its signal, and answers a value or throws `NoValue` with the
 * sentence for whoever watches it.
 */
import type { Store } from '#db/store.ts'
import type { McpServers } from '../agents/mcp/servers.ts'
import type { Clock } from '../clock.ts'
import type { ConditionHeaders, ConditionSource, ConditionValue } from '../contract/condition-trigger.ts'
import type { GuardedFetch } from '../net/guarded-fetch.ts'
import { valueAt } from '../triggers/matching.ts'
import type { Reading } from './judging.ts'

export interface Ground {
  store: Store
  clock: Clock
  fetch: GuardedFetch
  mcp: McpServers
  workspaceId: number
  /** Whose condition it is; null: nobody's yet. */
  triggerId: number | null
  signal: AbortSignal
  /** Opens what was given in confidence. */
  open(headers: ConditionHeaders): Promise<Record<string, string>>
  /** What was read at the address before, in this process. */
  known: Known
}

export interface Known {
  get(key: string): Remembered | undefined
  keep(key: string, it: Remembered): void
}
/** By which a server tells that nothing has changed, and what it had said. */
export interface Remembered {
  etag?: string | undefined
  modified?: string | undefined
  hash: string
  reading: Reading
}

export interface Source<S extends ConditionSource = ConditionSource> {
  kind: S['kind']
  read(source: S, ground: Ground): Promise<Reading>
}
export const source = <K extends ConditionSource['kind']>(
  it: Source<Extract<ConditionSource, { kind: K }>> & { kind: K },
): Source => it as unknown as Source

/** In words: why there is no value. */
export class NoValue extends Error {}

/** What stands at a path of an answer, as it is to be compared. */
export function scalarAt(
  answer: unknown,
  path: string,
  as: 'number' | 'text' | 'boolean' | null,
): NonNullable<ConditionValue> {
  const value = path === '' ? answer : valueAt(path, answer)
  const where = path === '' ? 'The answer' : `What stands at ${path}`
  if (value === undefined) throw new NoValue(`There is nothing at ${path} of the answer.`)
  if (typeof value === 'object') throw new NoValue(`${where} is ${nameOf(value)}, which is no single value.`)
  const found = as === null ? plain(value) : converted(value, as)
  if (found === null)
    throw new NoValue(`${where} is ${JSON.stringify(value)?.slice(0, 100)}, which is no ${as}.`)
  return found
}

const nameOf = (value: object | null) =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object'
const plain = (value: unknown) =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null

function converted(value: unknown, as: 'number' | 'text' | 'boolean'): NonNullable<ConditionValue> | null {
  switch (as) {
    case 'text':
      return String(value)
    case 'boolean':
      return value === true || value === 'true' ? true : value === false || value === 'false' ? false : null
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      return typeof number === 'number' && Number.isFinite(number) ? number : null
    }
  }
}
