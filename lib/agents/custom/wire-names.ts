/**
 * Names of tools as models can be told them: they take letters, digits, _ and - only, 64 at most.
 *
 * Promise: equal names for equal tools, and other names for others.
 */
import { createHash } from 'node:crypto'

const LONGEST = 64
/** Whoever is named so is not to be taken for one that was marked. */
const LIKE_MARKED = /_[0-9a-f]{8}$/

export function wireName(name: string): string {
  const plain = name.replace('.', '__')
  const fit = plain.replace(/[^A-Za-z0-9_-]/g, '_')
  if (fit === plain && fit.length <= LONGEST && !LIKE_MARKED.test(fit)) return fit
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${fit.slice(0, LONGEST - 1 - mark.length)}_${mark}`
}
