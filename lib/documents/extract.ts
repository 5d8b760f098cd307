/**
 * The text of a file, or the events of a calendar, made in a process of its own.
 *
 * Promise: whatever the file is, this ends in time with an answer or a sentence, and the server is no fuller or slower
 * for it: the process has its own bounds of memory, time and output, sees no file but the program's, no network, no
 * environment, and is killed where it keeps none of them.
 */
import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../clock.ts'
import type { Span, Spanned } from './calendar.ts'
import type { Days } from './calendar-days.ts'
import type { Read } from './kept.ts'
import { turns } from '../turns.ts'
import type { Plain } from './yaml.ts'
import { LONGEST_MS, MOST_AT_ONCE, MOST_CHARACTERS, MOST_DATA_KB, MOST_HEAP_MB } from './limits.ts'
import type { Reading } from './types.ts'

export type Extracted = Read | { problem: string }
export type Extract = (
  file: { reading: Exclude<Reading, null>; bytes: Buffer },
  signal?: AbortSignal,
) => Promise<Extracted>

/** What of a calendar lies within a span of time. */
export type EventsOf = (
  calendar: { bytes: Buffer; span: Span },
  signal?: AbortSignal,
) => Promise<Spanned | { problem: string }>

/** Which days within a span of time a calendar covers. */
export type DaysOf = (
  calendar: { bytes: Buffer; span: Span },
  signal?: AbortSignal,
) => Promise<Days | { problem: string }>

const TOO_MUCH =
  'It takes more memory or time to read than a document may. Send it in parts, or as plain text.'
const CALLED_OFF = 'Reading it was called off.'
const MOST_OUTPUT_BYTES = MOST_CHARACTERS * 6

const ROOT = join(import.meta.dirname, '..', '..')
const CAPPED = `ulimit -d ${MOST_DATA_KB} 2>/dev/null; ulimit -c 0; exec "$0" "$@"`
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url))
function commandOf(asked: string[], heapMb: number): string[] {
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
  return ['-c', CAPPED, process.execPath, ...flags, CHILD, ...asked]
}

/** YAML as JSON; `problem`: what is wrong with it, behind “it”. */
export type PlainOf = (yaml: { bytes: Buffer }) => Promise<Plain | { problem: string }>

export interface Readers {
  extract: Extract
  eventsOf: EventsOf
  daysOf: DaysOf
  plainOf: PlainOf
}
/** Each file has its bounds, and all at once have them together: what is more waits for its turn. */
export function createReaders(clock: Pick<Clock, 'after'>, heapMb = MOST_HEAP_MB): Readers {
  const inTurn = turns(MOST_AT_ONCE)
  const read = <Answer>(asked: string[], bytes: Buffer, signal?: AbortSignal) =>
    inTurn(() => inChild<Answer>(commandOf(asked, heapMb), bytes, clock, signal))
  return {
    extract: ({ reading, bytes }, signal) => read([reading], bytes, signal),
    eventsOf: ({ bytes, span }, signal) => read(['events', JSON.stringify(span)], bytes, signal),
    plainOf: ({ bytes }) => read(['yaml'], bytes),
    daysOf: ({ bytes, span }, signal) => read(['days', JSON.stringify(span)], bytes, signal),
  }
}

async function inChild<Answer>(
  command: string[],
  bytes: Buffer,
  clock: Pick<Clock, 'after'>,
  signal?: AbortSignal,
): Promise<Answer | { problem: string }> {
  // While it waited for its turn.
  if (signal?.aborted) return { problem: CALLED_OFF }
  return new Promise((resolve) => {
    // Calendars read days without a zone in that of the process.
    const child = spawn('/bin/sh', command, {
      env: { TZ: 'UTC', NODE_ENV: 'production' },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const out: Buffer[] = []
    let size = 0
    const kill = () => child.kill('SIGKILL')
    const callOff = clock.after(LONGEST_MS, kill)
    const end = (it: Answer | { problem: string }) => {
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
    child.on('close', () => end(answerOf<Answer>(Buffer.concat(out).toString())))
    child.stdin.end(bytes)
  })
}

function answerOf<Answer>(said: string): Answer | { problem: string } {
  try {
    return JSON.parse(said) as Answer
  } catch {
    return { problem: TOO_MUCH }
  }
}
