/** What a run writes, looked at while it lasts. */
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, seconds } from '../../clock.ts'

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
    const size = await sizeOf(scratch)
    if (size > most) fail(`It wrote more than ${most / 1024 ** 2} MB.`)
    else if (watching) callOff = clock.after(seconds(1), look)
  }
  callOff = clock.after(seconds(1), look)
  return () => {
    watching = false
    callOff()
  }
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = await Promise.all(
    names.map(async (it) => (await lstat(join(folder, it)).catch(() => null))?.size ?? 0),
  )
  return sizes.reduce((sum, it) => sum + it, 0)
}
