/**
 * Whether the file under a running server is still the one that it opened, and whole.
 *
 * Promise: a file that was deleted, replaced, cut or emptied is noticed before anything is written into what is
 * left of it, and nothing is answered from it as if all were well. Put back as it was, it is used again.
 *
 * The file is opened here once, and closed after every connection: whichever of its handles a process closes, the
 * system drops all locks that the process has on the file (sqlite.org/howtocorrupt.html, 2.2). Without them whoever
 * looks in beside the server takes itself for the last one, and takes the log away with it.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { StoreUnavailable } from '../store.ts'

const LOOK_EVERY_MS = 1_000
const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100
const REMEDY = 'Stop the server, put the file or your newest backup in its place, and start again.'

export interface Guard {
  /** @throws StoreUnavailable where the file is not what it was. */
  look(): void
  /** A connection was made anew: it has a log of its own. */
  begun(): void
  /** After the last connection was closed. */
  end(): void
}

export function guardOf(file: string, everyMs = LOOK_EVERY_MS): Guard {
  const handle = openSync(file, 'r')
  const { ino, dev, size } = fstatSync(handle)
  let seenSize = size
  let hadLog = false
  let lookedAt = Number.NEGATIVE_INFINITY

  function fault(): string | null {
    const now = statSync(file, { throwIfNoEntry: false })
    if (!now) return 'was deleted'
    if (now.ino !== ino || now.dev !== dev) return 'was replaced by another file'
    const log = existsSync(`${file}-wal`)
    if (hadLog && !log) return 'has lost its log (the file beside it that ends in -wal)'
    hadLog ||= log
    const found = headFault(handle, now.size, seenSize)
    if (found === null) seenSize = now.size
    return found
  }

  return {
    look() {
      const now = performance.now()
      if (now - lookedAt < everyMs) return
      const found = fault()
      if (found !== null)
        throw new StoreUnavailable(`The database ${file} ${found} under the running server. ${REMEDY}`, null)
      lookedAt = now
    },
    begun() {
      hadLog = false
    },
    end: () => closeSync(handle),
  }
}

/**
 * What the first bytes say of the rest. A checkpoint writes the head before the pages that it counts, so that a file
 * may be shorter than its head says; one that has become shorter than it was, and than its head says, was cut.
 */
function headFault(handle: number, size: number, seenSize: number): string | null {
  if (size === 0) return 'was emptied'
  const head = Buffer.alloc(HEADER_BYTES)
  readSync(handle, head, 0, HEADER_BYTES, 0)
  if (head.toString('latin1', 0, MAGIC.length) !== MAGIC) return 'was damaged'
  const pageSize = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16)
  return size < seenSize && size < pageSize * head.readUInt32BE(28) ? 'was cut' : null
}
