/**
 * Reads one value out of JSON by a path such as `$.items[0]["first name"]`.
 *
 * Promise: only what the JSON itself holds can be reached, never
 * what JavaScript adds to it; a path is data and is not run.
 */

export type JsonPath = readonly (string | number)[]

const STEP = /\.([\p{L}_$][\p{L}\p{N}_$-]*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]|\['([^'\\]*)'\]/uy

/** The steps of a path, or null when it cannot be read. */
export function parseJsonPath(path: string): JsonPath | null {
  if (!path.startsWith('$')) return null
  const steps: (string | number)[] = []
  let at = 1
  while (at < path.length) {
    STEP.lastIndex = at
    const found = STEP.exec(path)
    if (!found) return null
    const [whole, name, index, double, single] = found
    try {
      steps.push(
        index === undefined ? (name ?? single ?? (JSON.parse(double as string) as string)) : Number(index),
      )
    } catch {
      return null
    }
    at += whole.length
  }
  return steps
}

/** The value at the path; undefined, which JSON cannot hold, where there is none. */
export function valueAt(json: unknown, path: JsonPath): unknown {
  let value = json
  for (const step of path) {
    // A list has elements only: its `length` is JavaScript's.
    if (
      typeof value !== 'object' ||
      value === null ||
      !Object.hasOwn(value, step) ||
      (Array.isArray(value) && typeof step !== 'number')
    )
      return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
