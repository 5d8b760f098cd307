/**
 * A package's map of exports, in few lines.
 *
 * Promise: whatever was found by the map before is found by it at the same place.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PATTERN = './*'
const AS_PATTERN = `${PATTERN}.`

/**
 * Names that differ from their files by the ending only become one pattern. Node reads the map anew with each file
 * of the package that it loads, so one of hundreds of names costs every start more than all the rest of it.
 */
export function foldExports(exports) {
  const entries = Object.entries(exports).map(([name, target]) => ({
    name,
    target,
    shape: JSON.stringify(target).replaceAll(`${name}.`, AS_PATTERN),
  }))
  const times = new Map()
  for (const { shape } of entries)
    if (shape.includes(AS_PATTERN)) times.set(shape, (times.get(shape) ?? 0) + 1)
  const [shape, count] = [...times].sort(([, one], [, other]) => other - one)[0] ?? ['', 0]
  if (count < 2) return exports
  const rest = entries.filter((it) => it.shape !== shape)
  return {
    ...Object.fromEntries(rest.map(({ name, target }) => [name, target])),
    [PATTERN]: JSON.parse(shape),
  }
}

/** In the folder of the package; nothing where there is nothing to fold. */
export function foldExportsOf(folder) {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return
  const known = JSON.parse(readFileSync(file, 'utf8'))
  const exports = foldExports(known.exports ?? {})
  if (exports === known.exports) return
  try {
    // Put in its place whole: somebody may be reading it, and its file may be shared with another installation.
    writeFileSync(`${file}.new`, JSON.stringify({ ...known, exports }, null, 2))
    renameSync(`${file}.new`, file)
  } catch (error) {
    // Not ours to change: it is read as it is.
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error
  }
}
