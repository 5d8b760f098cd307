/**
 * The text of a file, made in a process of its own.
 *
 * Promise: whatever the file is, this ends in time with a text or a sentence, and the server is no fuller or slower
 * for it: the process has its own bounds of memory, time and output, sees no file but the program's, no network, no
 * environment, and is killed where it keeps none of them.
 */
import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../clock.ts'
import type { Read } from './kept.ts'
import { LONGEST_MS, MOST_CHARACTERS, MOST_DATA_KB, MOST_HEAP_MB } from './limits.ts'
import type { Reading } from './types.ts'

export type Extracted = Read | { problem: string }
export type Extract = (
  file: { reading: Exclude<Reading, null>; bytes: Buffer },
  signal?: AbortSignal,
) => Promise<Extracted>

const TOO_MUCH =
  'It takes more memory or time to read than a document may. Send it in parts, or as plain text.'
const MOST_OUTPUT_BYTES = MOST_CHARACTERS * 6

const ROOT = join(import.meta.dirname, '..', '..')
const CAPPED = `ulimit -d ${MOST_DATA_KB} 2>/dev/null; ulimit -c 0; exec "$0" "$@"`
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))
function commandOf(reading: string, heapMb: number): string[] {
  const readable = [
    join(ROOT, 'package.json'),
    import.meta.dirname,
    join(ROOT, 'lib', 'clock.ts'),
    realpathSync(join(ROOT, 'node_modules')),
  ]
  const contained = process.allowedNodeEnvironmentFlags.has('--permission')
    ? ['--permission', '--no-experimental-sqlite', ...readable.map((it) => `--allow-fs-read=${it}`)]
    : []
  const flags = [`--max-old-space-size=${heapMb}`, '--no-warnings', ...contained]
  return ['-c', CAPPED, process.execPath, ...flags, CHILD, reading]
}

export const createExtract =
  (clock: Pick<Clock, 'after'>, heapMb = MOST_HEAP_MB): Extract =>
  ({ reading, bytes }, signal) =>
    new Promise((resolve) => {
      // Calendars read days without a zone in that of the process.
      const child = spawn('/bin/sh', commandOf(reading, heapMb), {
        env: { TZ: 'UTC', NODE_ENV: 'production' },
        stdio: ['pipe', 'pipe', 'ignore'],
      })
      const out: Buffer[] = []
      let size = 0
      const kill = () => child.kill('SIGKILL')
      const callOff = clock.after(LONGEST_MS, kill)
      const end = (it: Extracted) => {
        callOff()
        signal?.removeEventListener('abort', kill)
        resolve(it)
      }
      signal?.addEventListener('abort', kill)
      child.stdout.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > MOST_OUTPUT_BYTES) kill()
        else out.push(chunk)
      })
      // It may end before it has taken everything.
      child.stdin.on('error', () => {})
      child.on('error', () => end({ problem: 'It could not be read: no process could be started for it.' }))
      child.on('close', () => end(answerOf(Buffer.concat(out).toString())))
      child.stdin.end(bytes)
    })

function answerOf(said: string): Extracted {
  try {
    return JSON.parse(said) as Extracted
  } catch {
    return { problem: TOO_MUCH }
  }
}
