/**
 * The lines that the process of a skill sends.
 *
 * Promise: as many and as much as may be, and then it ends: a line is looked at only when it is whole, and no byte is
 * looked at twice.
 */
import type { Readable } from 'node:stream'

export interface LineBounds {
  messages: number
  bytes: number
  lineBytes: number
}

/** `broken` is told once, why; no line comes after it. */
export function readLines(
  from: Readable,
  most: LineBounds,
  { line, broken }: { line(text: string): void; broken(why: string): void },
): void {
  let pieces: Buffer[] = []
  let held = 0
  let bytes = 0
  let messages = 0
  let ended = false
  const stop = (why: string) => {
    ended = true
    pieces = []
    from.destroy()
    broken(why)
  }
  const take = (piece: Buffer) => {
    held += piece.length
    if (held > most.lineBytes) return stop(`It sent more than ${most.lineBytes / 1024 ** 2} MB in one piece.`)
    return pieces.push(piece)
  }
  const close = () => {
    const text = Buffer.concat(pieces).toString()
    pieces = []
    held = 0
    if (++messages > most.messages) stop(`It sent more than ${most.messages} messages in one run.`)
    else line(text)
  }
  from.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > most.bytes) stop(`It sent more than ${most.bytes / 1024 ** 2} MB in one run.`)
    let at = 0
    for (let end = chunk.indexOf(10); end >= 0 && !ended; end = chunk.indexOf(10, at)) {
      take(chunk.subarray(at, end))
      if (!ended) close()
      at = end + 1
    }
    if (!ended && at < chunk.length) take(chunk.subarray(at))
  })
}
