/**
 * Texts that lie sealed in a row's JSON.
 *
 * Promise: a sealed text says that it is one, and is masked in every answer, wherever it stands.
 */

export const MASK = '•••'
export const SEALED = 'sealed:v1:'
export const isSealed = (text: string) => text.startsWith(SEALED)

/** Seals texts; `place` names the row, or the workspace. */
export interface Box {
  close(text: string, place: string): string
  /** Null where it cannot be opened here. */
  open(sealed: string, place: string): string | null
}

export const sealed = (box: Box, text: string, place: string) => SEALED + box.close(text, place)
/** A text that is not sealed is as it is; null where it cannot be opened here. */
export const opened = (box: Box, text: string, place: string) =>
  isSealed(text) ? box.open(text.slice(SEALED.length), place) : text

/** A secret that is named instead of written out. */
const REF = 'secret:v1:'
export const refTo = (name: string) => REF + name
/** The name; null of any other text. */
export const refIn = (text: string): string | null => (text.startsWith(REF) ? text.slice(REF.length) : null)

/** As it is answered. */
export const masked = <Value>(value: Value): Value =>
  mapped(value, (text) => {
    const secret = refIn(text)
    return secret === null ? (isSealed(text) ? MASK : text) : { secret }
  }) as Value

/** The same JSON with each text changed. */
export function mapped(
  value: unknown,
  change: (text: string, path: readonly string[]) => unknown,
  path: readonly string[] = [],
): unknown {
  if (typeof value === 'string') return change(value, path)
  if (Array.isArray(value)) return value.map((it, n) => mapped(it, change, [...path, String(n)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, it]) => [name, mapped(it, change, [...path, name])]),
  )
}
