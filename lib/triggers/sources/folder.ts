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
import { ended } from '#lib/deadline.ts'
import { type Item, type Reach, SourceProblem, sourceKind } from './kind.ts'

type Config = z.output<typeof FolderConfig>
const Cursor = z.object({
  /** How often something was found. */
  n: z.number(),
  /** By path: bytes, and when it was changed. */
  files: z.record(z.string(), z.tuple([z.number(), z.number()])),
})
type Cursor = z.infer<typeof Cursor>
/** Bytes, and when it was changed. */
type State = [number, number]
type Change = 'created' | 'changed' | 'deleted'

const MOST_FILES = 10_000
/** A folder that is unpacked is told in parts. */
const MOST_AT_ONCE = 500
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
    const now = reach.clock.now()
    const found = await filesIn(path, reach)
    if (!cursor) {
      // What is there at first counts as seen, whether it is at rest or not.
      const files = new Map<string, State>(found.map((it) => [it.path, [it.bytes, it.modifiedMs]]))
      return { items: [], cursor: { n: 0, files: Object.fromEntries(files) }, anew: null, again: false }
    }
    const { files, isMoving } = atRest(found, cursor.files, now.getTime())
    const all = changesBetween(cursor.files, files)
    const changes = all.slice(0, MOST_AT_ONCE)
    // The rest stays as it was known, for the next look.
    for (const { path: left } of all.slice(MOST_AT_ONCE)) keepAsKnown(files, left, cursor.files)
    const n = cursor.n + (changes.length > 0 ? 1 : 0)
    return {
      items: changes.map((it) => itemOf(it, `${n} ${it.path}`, now)),
      cursor: { n, files: Object.fromEntries(files) },
      anew: null,
      again: isMoving || changes.length < all.length,
    }
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
    await ended(signal).catch(() => {})
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

/** As they are, but those that are still being written: these are as they were. */
function atRest(found: FoundFile[], before: Cursor['files'], nowMs: number) {
  const files = new Map<string, State>()
  let isMoving = false
  for (const { path, bytes, modifiedMs } of found) {
    const isAtRest = modifiedMs > nowMs || nowMs - modifiedMs >= AT_REST_MS
    isMoving ||= !isAtRest
    if (isAtRest) files.set(path, [bytes, modifiedMs])
    else keepAsKnown(files, path, before)
  }
  return { files, isMoving }
}

function keepAsKnown(files: Map<string, State>, path: string, before: Cursor['files']): void {
  const known = Object.hasOwn(before, path) ? before[path] : undefined
  if (known) files.set(path, known)
  else files.delete(path)
}

interface Changed {
  path: string
  change: Change
  bytes: number
  modifiedMs: number
}

function changesBetween(before: Cursor['files'], now: ReadonlyMap<string, State>): Changed[] {
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
