/** A folder of this machine: its files by path, each read again only where its date or its size is another. */
import { counted } from '../../markdown.ts'
import type { FoundFile } from '../../reading/folders.ts'
import { differenceOf } from './difference.ts'
import { newsOf, type Failed, type Ground, isDown, known, type Look, nothing } from './look.ts'
import {
  fitting,
  type FolderMemory,
  hashOfText,
  LONGEST_PATH,
  type Memory,
  type MostFiles,
} from './memory.ts'

const MOST_FILE_BYTES = 25 * 1024 * 1024

export async function lookAtFolder(
  folder: string,
  remembered: Memory['folders'][string] | undefined,
  { most, ...ground }: Ground & { most: MostFiles },
): Promise<Look> {
  const { before, failing } = known<FolderMemory>(remembered)
  const found = await ground.tools.folders.list(folder, most.files)
  if ('problem' in found)
    return isDown({ name: folder, link: null, problem: found.problem }, remembered, false)
  const listed = fitting(found.files, (it) => it.path, most)
  const listing = { files: listed, more: found.more || listed.length < found.files.length }
  const files: FolderMemory['files'] = {}
  const look: Look = {
    ...nothing,
    fresh: [],
    changed: [],
    unchanged: [],
    gone: [],
    failed: [],
    recovered: failing,
    first: !before || before.unfinished,
    memory: null,
  }
  for (const file of listing.files) {
    ground.signal.throwIfAborted()
    const now = await lookAtFile(folder, file, { before: knownOf(before, file.path), ground, look })
    if (now) files[file.path] = now
  }
  const left = Object.keys(before?.files ?? {}).filter((it) => !Object.hasOwn(files, it))
  const there = new Set(listing.files.map((it) => it.path))
  for (const path of left) {
    // Beyond the bound nobody knows whether it is there.
    if (listing.more) files[path] = knownOf(before, path) as FolderMemory['files'][string]
    else if (!there.has(path)) look.gone.push({ name: path, link: null })
  }
  if (listing.more)
    look.failed.push({
      name: folder,
      link: null,
      problem: `It has more than ${counted(listed.length, 'file')}; the others are not looked at. Watch its folders one by one.`,
      known: before !== null,
    })
  return {
    ...look,
    memory: {
      files: Object.fromEntries(fitting(Object.entries(files), ([path]) => path, most)),
      unfinished: look.first && look.rest > 0,
      failing: false,
    },
  }
}

type Known = FolderMemory['files'][string]
/** As it is known from now on; undefined where it is to be looked at again as if it were new. */
async function lookAtFile(
  folder: string,
  { path, bytes, modifiedMs }: FoundFile,
  { before, ground, look }: { before: Known | undefined; ground: Ground; look: Look },
): Promise<Known | undefined> {
  const [modified, size, hash] = before ?? []
  const failed = (problem: string): Known => {
    look.failed.push(failing(path, problem, hash === ''))
    return [modifiedMs, bytes, '']
  }
  const isAsBefore = modified === modifiedMs && size === bytes
  if (isAsBefore && hash !== '') {
    look.unchanged.push(path)
    return before
  }
  if (path.length > LONGEST_PATH) {
    look.failed.push(
      failing(path, `Its path is longer than ${LONGEST_PATH} characters, which is not watched.`, !look.first),
    )
    return undefined
  }
  if (ground.isLate()) {
    look.rest++
    return before
  }
  const read = await readFile(folder, path, ground)
  if ('problem' in read) return failed(read.problem)
  const now: Known = [modifiedMs, bytes, hashOfText(read.text)]
  look.tainted = true
  if (hash === now[2]) {
    look.unchanged.push(path)
    return now
  }
  const from = `${folder.replace(/\/$/, '')}/${path}`
  const old = before && (await ground.tools.workspace.documentFrom(ground.by, from))
  const problem = await ground.keep({ ...read, name: path.slice(-200), from })
  if (problem !== null) return failed(problem)
  const thing = { name: path, link: null }
  if (!hash) look.fresh.push({ ...thing, ...newsOf(read.text) })
  else look.changed.push({ ...thing, ...(old && { difference: differenceOf(old.text, read.text) }) })
  return now
}

async function readFile(folder: string, path: string, { tools, signal }: Ground) {
  const file = await tools.folders.read(folder, path, MOST_FILE_BYTES)
  if ('problem' in file) return file
  const read = await tools.files.textOf({ name: path.split('/').at(-1) ?? path, bytes: file }, signal)
  signal.throwIfAborted()
  if ('problem' in read) return read
  return { ...read, original: file.equals(Buffer.from(read.text)) ? null : file }
}

const failing = (name: string, problem: string, known: boolean): Failed => ({
  name,
  link: null,
  problem,
  known,
})

/** A file may be called `constructor`. */
const knownOf = (before: FolderMemory | null, path: string) =>
  before && Object.hasOwn(before.files, path) ? before.files[path] : undefined
