/**
 * A folder of the server, with those below it: each file that is made, changed or deleted is an event.
 *
 * Promise: a look compares what is there with what was, so that nothing is lost over a restart; what the system tells
 * of changes is a hint to look. A file that is still being written waits until it is at rest.
 */
import { watch as follow } from 'chokidar'
import { z } from 'zod'
import type { FoundFile } from '#lib/agents/reading/folders.ts'
import { seconds } from '#lib/clock.ts'
import { FolderConfig } from '#lib/contract/source.ts'
import { type Item, type Reach, SourceProblem, sourceKind } from './kind.ts'

type Config = z.output<typeof FolderConfig>
const Cursor = z.object({
  /** How often something was found. */
  n: z.number(),
  /** By path: bytes, and when it was changed. */
  files: z.record(z.string(), z.tuple([z.number(), z.number()])),
})
type Cursor = z.infer<typeof Cursor>
type Change = 'created' | 'changed' | 'deleted'

const MOST_FILES = 10_000
const AT_REST_MS = seconds(2)
/** What programs write beside a file while they change it. */
const PASSING = /(~|\.tmp|\.swp|\.part|\.crdownload)$/i

export const folder = sourceKind<Config, Cursor>({
  kind: 'folder',
  config: FolderConfig,
  cursor: Cursor,
  confidential: [],
  receiver: ({ path }) => path,
  describe: ({ path }) => path,
  async refusal({ path }, { folders }) {
    const real = await folders.where(path)
    return typeof real === 'string' ? null : { field: 'path', message: real.problem }
  },
  shown: ({ files }) => ({ files: Object.keys(files).length }),
  async look({ path }, cursor, reach) {
    const now = reach.clock.now().getTime()
    const found = await filesIn(path, reach)
    const isMoving = ({ modifiedMs }: FoundFile) => modifiedMs <= now && now - modifiedMs < AT_REST_MS
    // What is there at first counts as seen, whether it is at rest or not.
    const moving = new Set(cursor ? found.filter(isMoving).map((it) => it.path) : [])
    const before = cursor?.files ?? {}
    const files = new Map<string, [number, number]>()
    for (const it of found) {
      const known = Object.hasOwn(before, it.path) ? before[it.path] : undefined
      if (!moving.has(it.path)) files.set(it.path, [it.bytes, it.modifiedMs])
      else if (known) files.set(it.path, known)
    }
    const changes = cursor ? changesBetween(before, files) : []
    const n = (cursor?.n ?? 0) + (changes.length > 0 ? 1 : 0)
    const items = changes.map((it) => itemOf(it, `${n} ${it.path}`, reach.clock.now()))
    return { items, cursor: { n, files: Object.fromEntries(files) }, anew: null, again: moving.size > 0 }
  },
  async since({ path }, { files }, { to, most }, reach) {
    const found = await filesIn(path, reach)
    return found
      .filter((it) => Object.hasOwn(files, it.path) && it.modifiedMs >= to.getTime())
      .toSorted((a, b) => a.modifiedMs - b.modifiedMs)
      .slice(0, most + 1)
      .map((it) => itemOf({ ...it, change: 'changed' }, `${it.modifiedMs} ${it.path}`, reach.clock.now()))
  },
  async watch({ path }, { folders }, news, signal) {
    const real = await folders.where(path)
    if (typeof real !== 'string') return
    const watcher = follow(real, {
      ...{ ignoreInitial: true, followSymlinks: false, depth: 10 },
      // Hidden ones are not looked at.
      ignored: (it) => it !== real && /(^|[\\/])\./.test(it.slice(real.length)),
    })
    watcher.on('all', news)
    // Without its hints it is looked at all the same.
    watcher.on('error', () => {})
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    await watcher.close()
  },
})

async function filesIn(path: string, { folders }: Reach): Promise<FoundFile[]> {
  const listing = await folders.list(path, MOST_FILES)
  if ('problem' in listing) throw new SourceProblem(listing.problem)
  // Of one that was not listed nobody knows whether it is gone.
  if (listing.more)
    throw new SourceProblem(
      `There are more than ${MOST_FILES.toLocaleString('en')} files in ${path}, which is the most that is looked at. Name a folder below it.`,
    )
  return listing.files.filter((it) => !PASSING.test(it.path))
}

interface Changed {
  path: string
  change: Change
  bytes: number
  modifiedMs: number
}

function changesBetween(before: Cursor['files'], now: ReadonlyMap<string, [number, number]>): Changed[] {
  const changes: Changed[] = []
  for (const [path, [bytes, modifiedMs]] of now) {
    const known = Object.hasOwn(before, path) ? before[path] : undefined
    if (!known) changes.push({ path, change: 'created', bytes, modifiedMs })
    else if (known[0] !== bytes || known[1] !== modifiedMs)
      changes.push({ path, change: 'changed', bytes, modifiedMs })
  }
  for (const [path, [bytes, modifiedMs]] of Object.entries(before))
    if (!now.has(path)) changes.push({ path, change: 'deleted', bytes, modifiedMs })
  return changes
}

/** When one was deleted nobody knows; a date of a file may be any. */
const itemOf = ({ path, change, bytes, modifiedMs }: Changed, key: string, now: Date): Item => ({
  key,
  type: 'file.changed',
  occurredAt: change === 'deleted' || modifiedMs > now.getTime() ? now : new Date(modifiedMs),
  title: `${path} was ${change}`,
  data: { path, change, bytes, modifiedAt: new Date(modifiedMs).toISOString() },
})
