/**
 * A context while it is being edited: as a form or as JSON, whichever the reader prefers.
 *
 * Promise: no text is ever lost. A text that cannot be read yet is
 * kept as it was typed, says why, and is in the way of saving only.
 */
import { type Control, readJson, readText } from './schema.ts'

export type Context = Record<string, unknown>

export interface ContextDraft {
  mode: 'form' | 'json'
  value: Context
  /** What was typed into a field of the form, by its path. */
  texts: Record<string, { text: string; problem?: string }>
  json: string
}

export const contextDraft = (value: Context): ContextDraft => ({ mode: 'form', value, texts: {}, json: '' })

export const keyOf = (path: readonly string[]) => path.join('.')

const isRecord = (value: unknown): value is Context =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((it, name) => (isRecord(it) ? it[name] : undefined), value)

/** `undefined` takes the value away, and with it a group that holds nothing any more. */
export function withValue(
  context: Context,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): Context {
  const inner = context[name]
  const next = rest.length === 0 ? value : withValue(isRecord(inner) ? inner : {}, rest, value)
  const gone = next === undefined || (rest.length > 0 && isRecord(next) && Object.keys(next).length === 0)
  if (!gone) return { ...context, [name]: next }
  const { [name]: _, ...others } = context
  return others
}

export const chosen = (draft: ContextDraft, path: readonly string[], value: unknown): ContextDraft => ({
  ...draft,
  value: withValue(draft.value, path, value),
})

export function typed(
  draft: ContextDraft,
  path: readonly string[],
  control: Control,
  text: string,
): ContextDraft {
  const reading = readText(control, text)
  const texts = { ...draft.texts, [keyOf(path)]: reading.ok ? { text } : { text, problem: reading.message } }
  return { ...draft, texts, value: reading.ok ? withValue(draft.value, path, reading.value) : draft.value }
}

export const typedJson = (draft: ContextDraft, json: string): ContextDraft => {
  const reading = readContext(json)
  return { ...draft, json, value: reading.ok ? reading.value : draft.value }
}

/** Why the other way of editing is closed for now; null when it is open. */
export function obstacle(draft: ContextDraft): string | null {
  if (draft.mode === 'form') return Object.values(draft.texts).find((it) => it.problem)?.problem ?? null
  const reading = readContext(draft.json)
  return reading.ok ? null : reading.message
}

export function turned(draft: ContextDraft): ContextDraft {
  if (obstacle(draft)) return draft
  return draft.mode === 'form'
    ? { ...draft, mode: 'json', texts: {}, json: JSON.stringify(draft.value, null, 2) }
    : { ...draft, mode: 'form', texts: {} }
}

export type ContextReading = { ok: true; value: Context } | { ok: false; message: string }

function readContext(text: string): ContextReading {
  const reading = text.trim() === '' ? { ok: true as const, value: {} } : readJson(text)
  if (!reading.ok) return reading
  return isRecord(reading.value)
    ? { ok: true, value: reading.value }
    : { ok: false, message: 'A context is a JSON object: it begins with { and ends with }.' }
}

/** What is wrong, by path below `context`; empty when it can be saved. */
export function contextErrors(draft: ContextDraft): Record<string, string> {
  if (draft.mode === 'json') {
    const problem = obstacle(draft)
    return problem ? { context: problem } : {}
  }
  return Object.fromEntries(
    Object.entries(draft.texts).flatMap(([path, { problem }]) =>
      problem ? [[`context.${path}`, problem]] : [],
    ),
  )
}
