/**
 * What an imported skill consists of, read from a zip or a folder.
 *
 * Promise: what is read holds plain files and nothing else, each under one name that stays inside, and never more than
 * it may, whatever the archive says of itself. Nothing is written while it is read.
 */
import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { chmod, lstat, mkdir, open, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type Entry, fromBufferPromise, getFileNameLowLevel, type ZipFile } from 'yauzl'

/** Relative path with "/" → bytes, in the order of the paths. */
export type SkillFiles = ReadonlyMap<string, Buffer>

/** What is wrong with what is imported, for whoever imports it. */
export class SkillProblem extends Error {
  override readonly name = 'SkillProblem'
}

export const MOST_ZIP_BYTES = 10 * 1024 ** 2
const MOST_FILES = 1000
const MOST_BYTES = 50 * 1024 ** 2
/** Below this size nobody is harmed by what packs well. */
const HARMLESS_BYTES = 1024 ** 2
const MOST_RATIO = 100
const MOST_PATH = 240
const MANIFESTS = ['plugin.json', 'SKILL.md']
/** What tools leave beside the files, and no skill reads. */
const LEFTOVER = /^(?:__MACOSX|\.git)(?:\/|$)|(?:^|\/)\.DS_Store$/
const TYPE_BITS = 0o170000
const FILE_TYPE = 0o100000
const FOLDER_TYPE = 0o040000

/** The manifest stands at the root or in the one top folder. @throws SkillProblem */
export async function readZip(zip: Buffer): Promise<SkillFiles> {
  if (zip.length > MOST_ZIP_BYTES)
    throw new SkillProblem(
      `The zip has ${inMb(zip.length)}; up to 10 MB are taken. Leave out what is not needed.`,
    )
  const opened = await fromBufferPromise(zip, { lazyEntries: true, decodeStrings: false }).catch(damaged)
  if (opened.entryCount > MOST_FILES * 2) throw tooMany()
  const collected = collecting(Math.max(HARMLESS_BYTES, zip.length * MOST_RATIO))
  try {
    for await (const entry of opened.eachEntry()) {
      const path = pathOf(entry)
      if (path !== null && !LEFTOVER.test(path)) {
        collected.expect(path, entry.uncompressedSize)
        collected.add(path, await bytesOf(opened, entry, collected.left()))
      }
    }
  } catch (error) {
    if (error instanceof SkillProblem) throw error
    damaged(error as Error)
  }
  return stripped(collected.files())
}

/** The same from a folder that an administrator filled. @throws SkillProblem */
export async function readFolder(folder: string): Promise<SkillFiles> {
  const collected = collecting(MOST_BYTES)
  for await (const { path, stats } of walk(folder)) {
    if (LEFTOVER.test(path)) continue
    collected.expect(path, stats.size)
    collected.add(path, await plainBytes(join(folder, path), path, collected.left()))
  }
  return collected.files()
}

/** Before each run: a link would lead out of what the process may read. @throws SkillProblem */
export async function checkFolder(folder: string): Promise<void> {
  for await (const _ of walk(folder));
}

/** Readable for every user of the machine, since the process of a skill may run as another. */
export async function writeFolder(files: SkillFiles, folder: string): Promise<void> {
  await openFolder(folder)
  for (const [path, bytes] of files) {
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1))
      await openFolder(join(folder, path.slice(0, at)))
    await writeFile(join(folder, path), bytes, { flag: 'wx' })
    await chmod(join(folder, path), 0o644)
  }
}

async function openFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  // Not by `mkdir`, which keeps to the mask of the process.
  await chmod(folder, 0o755)
}

/** Of paths and bytes: the same files have the same sum, however they were packed. */
export function sha256Of(files: SkillFiles): string {
  const sum = createHash('sha256')
  for (const [path, bytes] of inOrder(files))
    sum.update(`${JSON.stringify(path)} ${bytes.length}\n`).update(bytes)
  return sum.digest('hex')
}

/** One blob: a line with paths and sizes, then the bytes one after another, compressed. */
export function pack(files: SkillFiles): Buffer {
  const ordered = inOrder(files)
  const head = JSON.stringify(ordered.map(([path, { length }]) => [path, length]))
  return zstdCompressSync(Buffer.concat([Buffer.from(`${head}\n`), ...ordered.map(([, bytes]) => bytes)]))
}

/** What `pack` made. */
export function unpack(blob: Buffer): SkillFiles {
  const plain = zstdDecompressSync(blob, { maxOutputLength: MOST_BYTES + 1024 ** 2 })
  const end = plain.indexOf('\n')
  const sizes = JSON.parse(plain.toString('utf8', 0, end)) as [path: string, length: number][]
  let at = end + 1
  return new Map(
    sizes.map(([path, length]) => {
      at += length
      return [path, plain.subarray(at - length, at)]
    }),
  )
}

const inOrder = (files: SkillFiles) => [...files].sort(([a], [b]) => (a < b ? -1 : 1))
const inMb = (bytes: number) => `${Math.ceil(bytes / 1024 ** 2)} MB`
const tooMany = () => new SkillProblem(`It has more than ${MOST_FILES} files. Leave out what is not needed.`)

function damaged(error: Error): never {
  throw new SkillProblem(`The file cannot be read as a zip: ${error.message.slice(0, 200)}. Pack it again.`)
}

/** Counts as it takes: sizes are told twice, by the directory and by the bytes, and either may lie. */
function collecting(most: number) {
  const files = new Map<string, Buffer>()
  const known = new Map<string, string>()
  let told = 0
  let real = 0
  const tooMuch = () =>
    new SkillProblem(
      most < MOST_BYTES
        ? `It unpacks to more than ${MOST_RATIO} times its size, which no skill does.`
        : `It unpacks to more than ${inMb(MOST_BYTES)}. Leave out what is not needed.`,
    )
  const limit = Math.min(most, MOST_BYTES)
  return {
    expect(path: string, size: number) {
      judgePath(path)
      told += size
      if (known.size >= MOST_FILES) throw tooMany()
      if (told > limit) throw tooMuch()
      const folded = path.normalize('NFC').toLowerCase()
      const other = known.get(folded)
      if (other !== undefined)
        throw new SkillProblem(
          other === path
            ? `"${path}" stands in it twice.`
            : `"${other}" and "${path}" are one name on many machines. Rename one of them.`,
        )
      known.set(folded, path)
    },
    left: () => limit - real,
    add(path: string, bytes: Buffer | null) {
      if (bytes === null) throw tooMuch()
      real += bytes.length
      files.set(path, bytes)
    },
    files(): SkillFiles {
      for (const path of known.keys())
        for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1))
          if (known.has(path.slice(0, at)))
            throw new SkillProblem(`"${path.slice(0, at)}" stands in it as a file and as a folder.`)
      return new Map(inOrder(files))
    },
  }
}

/** @throws SkillProblem for a name that another machine, or a careless reader, takes for one outside. */
function judgePath(path: string): void {
  const refuse = (why: string) => {
    throw new SkillProblem(`"${path.slice(0, 100)}" is no name for a file of a skill: ${why}.`)
  }
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) refuse('it is an absolute path')
  if (path.includes('\\')) refuse('it holds a backslash')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) refuse('it holds a control character')
  if (/%(?:2f|5c|2e%2e)/i.test(path)) refuse('it holds an escaped separator')
  const parts = path.split('/')
  if (parts.includes('..')) refuse('it leads out of the folder')
  if (parts.some((it) => it === '' || it === '.')) refuse('a part of it is empty')
  if (path.length > MOST_PATH) refuse(`it is longer than ${MOST_PATH} characters`)
}

/** The path of a file; null for a folder. @throws SkillProblem */
function pathOf(entry: Entry): string | null {
  const { generalPurposeBitFlag, fileNameRaw, extraFields, externalFileAttributes } = entry
  // Strict: else backslashes become slashes before they are judged.
  const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true)
  const type = (externalFileAttributes >>> 16) & TYPE_BITS
  if (![0, FILE_TYPE, FOLDER_TYPE].includes(type)) throw isLink(name)
  if (entry.isEncrypted()) throw new SkillProblem('It is locked with a password. Send it without one.')
  if (!name.endsWith('/')) return name
  judgePath(name.slice(0, -1))
  return null
}

const isLink = (path: string) =>
  new SkillProblem(`"${path.slice(0, 100)}" is a link or a special file. Put the file itself there.`)

/** Null: there is more than is left. */
async function bytesOf(zip: ZipFile, entry: Entry, left: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    size += (chunk as Buffer).length
    if (size > left) return null
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

/** Without the one folder that holds all, where the manifest stands in it. */
function stripped(files: SkillFiles): SkillFiles {
  if (MANIFESTS.some((it) => files.has(it))) return files
  const [first = ''] = files.keys()
  const top = first.slice(0, first.indexOf('/') + 1)
  const inside = top !== '' && [...files.keys()].every((it) => it.startsWith(top))
  if (!inside || !MANIFESTS.some((it) => files.has(top + it))) return files
  return new Map([...files].map(([path, bytes]) => [path.slice(top.length), bytes]))
}

/** Every file below a folder, none of them reached through a link. @throws SkillProblem */
async function* walk(folder: string, below = ''): AsyncGenerator<{ path: string; stats: Stats }> {
  const names = await readdir(join(folder, below)).catch(() => {
    throw new SkillProblem(`The folder "${join(folder, below)}" cannot be read.`)
  })
  if (names.length > MOST_FILES * 2) throw tooMany()
  for (const name of names.sort()) {
    const path = below === '' ? name : `${below}/${name}`
    const stats = await lstat(join(folder, path))
    if (stats.isDirectory()) {
      if (path.split('/').length > MOST_PATH / 4) throw new SkillProblem(`"${below}" is nested too deeply.`)
      yield* walk(folder, path)
    } else {
      // A second name of a file elsewhere would show what stands there.
      if (!stats.isFile() || stats.nlink > 1) throw isLink(path)
      yield { path, stats }
    }
  }
}

/** Null: there is more than is left. It may have become a link since it was looked at. */
async function plainBytes(at: string, path: string, left: number): Promise<Buffer | null> {
  const file = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => {
    throw new SkillProblem(`"${path}" cannot be read.`)
  })
  try {
    const stats = await file.stat()
    if (!stats.isFile() || stats.nlink > 1) throw isLink(path)
    return stats.size > left ? null : await file.readFile()
  } finally {
    await file.close()
  }
}
