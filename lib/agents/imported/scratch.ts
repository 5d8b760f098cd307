/**
 * The folder that a run may write to.
 *
 * Promise: it is looked at while the run lasts, and goes with it, whatever was built in it; what a fallen server left
 * goes when the next one starts to run skills.
 */
import { execFile } from 'node:child_process'
import { lstat, mkdtemp, opendir, readdir, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Clock, days, seconds } from '../../clock.ts'
import { makeWay } from './place.ts'

const MOST_ENTRIES = 10_000
const run = promisify(execFile)

export async function ownFolder(prefix: 'probe-' | 'run-', scratchDir: string): Promise<string> {
  makeWay(scratchDir)
  return mkdtemp(join(await realpath(scratchDir), prefix))
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(async () => {
    // What it closed against us, and folders within folders until their path is longer than a path may be: the
    // programs go in by steps, and follow no link.
    await run('chmod', ['-R', 'u+rwX', '--', folder]).catch(() => {})
    await run('rm', ['-rf', '--', folder])
  })
}

/** Nothing runs for a day. */
export async function sweep(scratchDir: string, now: Date): Promise<void> {
  const names = await readdir(scratchDir).catch(() => [])
  for (const name of names.filter((it) => /^(?:run|probe)-/.test(it))) {
    const stats = await lstat(join(scratchDir, name)).catch(() => null)
    // One that stays is no reason to run nothing.
    if (stats && now.getTime() - stats.mtimeMs > days(1))
      await removeFolder(join(scratchDir, name)).catch(() => {})
  }
}

/** One file has a bound that the system keeps; all together are counted now and then. */
export function watchScratch(
  scratch: string,
  most: number,
  clock: Clock,
  fail: (why: string) => void,
): () => void {
  let watching = true
  let callOff = () => {}
  const look = async () => {
    const { bytes, entries, isClosed } = await sizeOf(scratch, most)
    if (isClosed) fail('It made a folder that the server cannot look into.')
    else if (bytes > most) fail(`It wrote more than ${most / 1024 ** 2} MB.`)
    else if (entries > MOST_ENTRIES) fail(`It made more than ${MOST_ENTRIES} files.`)
    else if (watching) callOff = clock.after(seconds(1), look)
  }
  callOff = clock.after(seconds(1), look)
  return () => {
    watching = false
    callOff()
  }
}

interface Size {
  bytes: number
  entries: number
  /** Something in it cannot be looked into: how much it holds nobody knows. */
  isClosed: boolean
}
/** As far as it takes to know that it is too much. */
async function sizeOf(folder: string, most: number): Promise<Size> {
  const size: Size = { bytes: 0, entries: 0, isClosed: false }
  // What is looked at changes meanwhile.
  const passOver = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') size.isClosed = true
    return null
  }
  const folders = [folder]
  async function lookInto(at: string): Promise<void> {
    for await (const entry of await opendir(at)) {
      const path = join(at, entry.name)
      size.entries++
      if (entry.isDirectory()) folders.push(path)
      if (entry.isFile()) size.bytes += (await lstat(path).catch(passOver))?.size ?? 0
      if (size.bytes > most || size.entries > MOST_ENTRIES) return
    }
  }
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    await lookInto(at).catch(passOver)
    if (size.isClosed || size.bytes > most || size.entries > MOST_ENTRIES) break
  }
  return size
}
