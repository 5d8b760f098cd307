/**
 * Files of this machine, in the folders that its operator has opened for agents and nowhere else.
 *
 * Promise: nothing outside of them is listed or read, whatever a path says and whatever links lie in them: links are
 * not followed, and what is read is the file that was judged. Hidden files are left alone.
 */
import { constants, type Dirent } from 'node:fs'
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'

export interface FoundFile {
  /** Below the folder, with "/" between. */
  path: string
  bytes: number
  modifiedMs: number
}
export interface Listing {
  files: FoundFile[]
  /** There are more than are looked at. */
  more: boolean
}
/** What is wrong is a sentence for whoever watches. */
export interface Folders {
  /** Where a folder really is. */
  where(folder: string): Promise<string | { problem: string }>
  list(folder: string, most: number): Promise<Listing | { problem: string }>
  read(folder: string, path: string, mostBytes: number): Promise<Buffer | { problem: string }>
}

const DEEPEST = 10

export function createFolders(allowed: readonly string[]): Folders {
  async function judged(folder: string): Promise<string | { problem: string }> {
    if (allowed.length === 0)
      return {
        problem: 'No folder of this server is open to agents: its operator names them in DOCUMENT_FOLDERS.',
      }
    if (!isAbsolute(folder)) return { problem: 'A folder is written in full, from the root: /srv/documents.' }
    const roots = await Promise.all(allowed.map((it) => realpath(it).catch(() => null)))
    const real = await realpath(folder).catch(() => null)
    if (real !== null && roots.some((it) => it !== null && isWithin(it, real))) return real
    // What is not open does not even say whether it is there.
    return allowed.some((it) => isWithin(it, folder))
      ? { problem: 'This folder is not there, or cannot be opened.' }
      : { problem: `This folder is not open to agents. Open are: ${allowed.join(', ')} (DOCUMENT_FOLDERS).` }
  }

  return {
    where: judged,
    async list(folder, most) {
      const real = await judged(folder)
      if (typeof real !== 'string') return real
      const listing: Listing = { files: [], more: false }
      try {
        await walk(real, { most, listing, depth: 0, root: real })
      } catch {
        return { problem: 'This folder cannot be read: may the user of the server read it?' }
      }
      return listing
    },
    async read(folder, path, mostBytes) {
      const real = await judged(folder)
      if (typeof real !== 'string') return real
      const file = join(real, path)
      if (!isWithin(real, file)) return { problem: 'It lies outside of its folder.' }
      return readFile(file, mostBytes)
    },
  }
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path)
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
}

interface Walk {
  most: number
  listing: Listing
  depth: number
  root: string
}
async function walk(folder: string, { most, listing, depth, root }: Walk): Promise<void> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true })
  for (const it of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (it.name.startsWith('.')) continue
    const path = join(folder, it.name)
    if (it.isDirectory() && depth < DEEPEST) await walk(path, { most, listing, depth: depth + 1, root })
    if (!it.isFile()) continue
    if (listing.files.length === most) {
      listing.more = true
      return
    }
    // It may be gone by now.
    const found = await stat(path).catch(() => null)
    if (found)
      listing.files.push({
        path: relative(root, path).split(sep).join('/'),
        bytes: found.size,
        modifiedMs: Math.floor(found.mtimeMs),
      })
  }
}

async function readFile(file: string, mostBytes: number): Promise<Buffer | { problem: string }> {
  let handle: FileHandle | null = null
  try {
    // Not through a link, and not waiting for whoever writes into a pipe.
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const [opened, real] = await Promise.all([handle.stat(), realpath(file)])
    const there = await stat(real)
    if (!opened.isFile() || real !== file || there.ino !== opened.ino || there.dev !== opened.dev)
      return { problem: 'It is a link, or no file, which is not read.' }
    if (opened.size > mostBytes)
      return {
        problem: `It is larger than ${Math.floor(mostBytes / 1024 ** 2)} MiB, which is the most that is read.`,
      }
    return await handle.readFile()
  } catch {
    return { problem: 'It cannot be opened: may the user of the server read it?' }
  } finally {
    await handle?.close()
  }
}
