/**
 * In what two states of something differ. Pure.
 *
 * Promise: what is compared is what is kept, so that another secret is a difference; what is answered has masks in
 * the place of secrets.
 */
import { isDeepStrictEqual } from 'node:util'
import { masked } from '../agents/sealed.ts'
import type { FieldChange } from '../contract/revision.ts'
import { isOwnKind } from '../contract/trigger.ts'

export type Values = Record<string, unknown>

const isObject = (it: unknown): it is Values => typeof it === 'object' && it !== null && !Array.isArray(it)

/** Field by field, objects within; a list is one field. What is nothing on both sides does not differ. */
export function differences(before: Values, after: Values): FieldChange[] {
  const found: FieldChange[] = []
  const compare = (path: string, from: unknown, to: unknown): void => {
    if (isDeepStrictEqual(from ?? null, to ?? null)) return
    if (isObject(from) && isObject(to)) below(`${path}.`, from, to)
    else found.push({ path, from: masked(from ?? null), to: masked(to ?? null) })
  }
  const below = (prefix: string, from: Values, to: Values): void => {
    for (const name of new Set([...Object.keys(from), ...Object.keys(to)]))
      compare(prefix + name, from[name], to[name])
  }
  below('', before, after)
  return found
}

const AS_JSON = [
  'context',
  'config',
  'approvals',
  'breaker',
  'collect',
  'throttle',
  'cancelOn',
  'onlyIf',
  'expect',
  'calendars',
  'tags',
] as const
const AS_INSTANT = ['at', 'startsAt', 'endsAt', 'pausedUntil'] as const

/** What a revision of a trigger kept, by the names that the API has for it; secrets as they are kept. */
export function settingsIn(kept: string): Values {
  const { ...it } = read(kept) as Values
  for (const field of AS_JSON) if (typeof it[field] === 'string') it[field] = read(it[field])
  for (const field of AS_INSTANT)
    if (typeof it[field] === 'number') it[field] = new Date(it[field]).toISOString()
  if (typeof it.kind !== 'string' || !isOwnKind(it.kind)) return it
  const { config, ...others } = it
  return { ...others, [it.kind]: config }
}

/** Plain SQL may have written any text: it is then compared as it is. */
function read(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    return json
  }
}
