/**
 * The files of skills as they lie on this server for their runs: a folder of the name of their hash.
 *
 * Promise: a folder is there whole or not at all, and holds what its name says: it is written beside its place, looked
 * at, and then moved there.
 */
import { randomUUID } from 'node:crypto'
import { access, readdir, realpath, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readFolder, sha256Of, unpack, writeFolder } from './files.ts'
import { makeWay } from './place.ts'

export interface Unpacked {
  /** Where they lie; `packed` is asked where they do not yet. */
  at(sha256: string, packed: () => Promise<Buffer>): Promise<string>
  /** Takes away those that nobody has any more. */
  sweep(kept: ReadonlySet<string>): Promise<void>
}

export function createUnpacked(root: string): Unpacked {
  const known = new Map<string, Promise<string>>()

  async function put(sha256: string, packed: () => Promise<Buffer>): Promise<string> {
    const folder = join(root, sha256)
    if (await isWhole(folder, sha256)) return realpath(folder)
    await rm(folder, { recursive: true, force: true })
    const beside = join(root, `.${sha256}-${randomUUID()}`)
    makeWay(root)
    try {
      await writeFolder(unpack(await packed()), beside)
      // Another run may have been first.
      await rename(beside, folder).catch((error) => {
        if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
      })
    } finally {
      await rm(beside, { recursive: true, force: true })
    }
    if (!(await isWhole(folder, sha256))) throw new Error(`The files at ${folder} are not what was accepted.`)
    return realpath(folder)
  }

  return {
    async at(sha256, packed) {
      const asked = known.get(sha256) ?? put(sha256, packed)
      known.set(sha256, asked)
      try {
        const folder = await asked
        // A server beside this one may have swept it away.
        return (await isThere(folder)) ? folder : await put(sha256, packed)
      } catch (error) {
        known.delete(sha256)
        throw error
      }
    },
    async sweep(kept) {
      // What is just being written lies beside its place.
      for (const name of await readdir(root).catch(() => []))
        if (!kept.has(name) && !name.startsWith('.'))
          await rm(join(root, name), { recursive: true, force: true })
    },
  }
}

const isThere = (folder: string) =>
  access(folder).then(
    () => true,
    () => false,
  )

const isWhole = async (folder: string, sha256: string) =>
  readFolder(folder).then(
    (files) => sha256Of(files) === sha256,
    () => false,
  )
