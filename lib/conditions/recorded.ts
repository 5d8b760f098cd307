/**
 * Looks as they are kept, and as they are judged again. Pure.
 *
 * Promise: a look that was kept is judged as it was when it was made, or is said to be none: of a long text only the
 * beginning is kept, and what stands in the rest is not guessed.
 */
import { createHash } from 'node:crypto'
import type { RecordedLook, SampledOf } from '#db/queries/conditions.ts'
import type { ConditionOp } from '../contract/condition-ops.ts'
import type { ConditionSource } from '../contract/condition-trigger.ts'
import { newIn, type Reading } from './judging.ts'
import { type Look, printOf, type Watch } from './state.ts'

/** What makes a source another: other credentials do not. */
export const seenIn = (source: ConditionSource) =>
  source.kind === 'http' ? { ...source, headers: Object.keys(source.headers) } : source

const PRINT_LENGTH = 16
export const sourcePrint = (source: ConditionSource): string =>
  createHash('sha256')
    .update(JSON.stringify(seenIn(source)))
    .digest('base64url')
    .slice(0, PRINT_LENGTH)

export function sampledOf(source: ConditionSource, { memory }: Watch, look: Look): SampledOf {
  const of = { source: sourcePrint(source), print: null, fresh: null }
  if (look.kind === 'failed') return of
  const { reading } = look
  return {
    ...of,
    print: printOf(reading),
    fresh: reading.ids ? newIn(reading, memory).length : null,
  }
}

/** Null: only the beginning of it was kept, and that does not tell. */
export function lookIn(it: RecordedLook, op: ConditionOp): Look | null {
  const { value: json, error, print, fresh, at } = it
  if (error !== null || json === null) return { kind: 'failed', error: error ?? 'There was no value.' }
  const value = JSON.parse(json) as Reading['value']
  const whole = print === null ? {} : { print }
  // How many were new tells as much as which: whatever was new has an id that was never there.
  if (fresh !== null)
    return {
      kind: 'read',
      reading: { value, ...whole, ids: Array.from({ length: fresh }, (_, n) => `${at} ${n}`) },
    }
  const isCut = print !== null && print !== printOf({ value })
  if (isCut && COMPARES_TEXT.has(op)) return null
  return { kind: 'read', reading: { value, ...whole } }
}

const COMPARES_TEXT: ReadonlySet<ConditionOp> = new Set(['equals', 'not_equals', 'matches'])
