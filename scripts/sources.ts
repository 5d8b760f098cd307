/** The files of the project that hold source, below a folder or one by itself; paths from the root. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export const SOURCE = /\.(tsx?|mjs)$/

export function sources(root: string, path: string): string[] {
  if (!existsSync(join(root, path))) return []
  if (SOURCE.test(path)) return [path]
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((it) =>
    (it.isDirectory() && it.name !== 'node_modules') || SOURCE.test(it.name)
      ? sources(root, join(path, it.name))
      : [],
  )
}
