/**
 * Where skills are unpacked and run.
 *
 * Promise: a server that is root has them run as another user, who sees nothing of its data folder: in a folder of its
 * own, which goes with it. What a killed server left there goes with the next start.
 */
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export interface Place {
  dir: string
  /** Takes away what dead servers left. */
  sweep(): Promise<void>
  leave(): Promise<void>
}

const NAME = /^carillon-skills-(\d+)-[\da-f-]{36}$/
const remove = (dir: string) => rm(dir, { recursive: true, force: true })

export function placeOfRuns(
  dataDir: string,
  { isRoot = process.getuid?.() === 0, temp = tmpdir() } = {},
): Place {
  if (!isRoot) return { dir: dataDir, sweep: async () => {}, leave: async () => {} }
  const own = `carillon-skills-${process.pid}-${randomUUID()}`
  const dir = join(temp, own)
  return {
    dir,
    async sweep() {
      const left = (await readdir(temp)).filter((it) => it !== own && isLeft(it))
      await Promise.all(left.map((it) => remove(join(temp, it))))
    },
    leave: () => remove(dir),
  }
}

/**
 * Makes a folder. Where another user runs what lies in it, that user passes through it and through whatever had to be
 * made above it, and lists none of them; what was there keeps its mode.
 */
export function makeWay(folder: string, isRoot = process.getuid?.() === 0): void {
  // At once, so that nobody finds it made and still closed; and not by `mkdir`, which keeps to the mask of the process.
  const first = mkdirSync(folder, { recursive: true })
  if (first === undefined || !isRoot) return
  const top = dirname(resolve(first))
  for (let at = resolve(folder); at !== top; at = dirname(at)) chmodSync(at, 0o711)
}

/** Of a server that is gone; in a container the next one has the number of the last. */
function isLeft(name: string): boolean {
  const pid = Number(NAME.exec(name)?.[1] ?? Number.NaN)
  if (Number.isNaN(pid)) return false
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
