/**
 * The process of one run: started, spoken to, ended.
 *
 * Promise: when `ended` resolves, the process and all that it started are gone, whether it answered, was stopped or
 * fell; what it printed was counted and is not kept but for the last of its complaint.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { type Clock, seconds } from '../../clock.ts'
import type { Hold } from './containment.ts'

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
  /** The end of what it wrote to stderr. */
  complaint: string
}

export interface Started {
  out: Readable
  /** False: it does not read as fast as it is told. */
  send(message: object): boolean
  onceRead(ring: () => void): void
  kill(): void
  ended: Promise<Exit>
}

const MOST_COMPLAINT = 4000
const MARK = 'CARILLON_RUN'

interface Stray {
  mark: string
  scratch: string
}

interface Line {
  command: string[]
  scratch: string
  hold: Hold
  /** It may start programs: they carry it, and are found by it. */
  mark: string | null
  bounds: { printedBytes: number; unreadBytes: number }
  clock: Clock
  /** Told why it has to end. */
  broken(why: string): void
}

export function startProcess({ command, scratch, hold, mark, bounds, clock, broken }: Line): Started {
  const child = spawn('/bin/sh', command, {
    env: (mark ? { [MARK]: mark } : {}) as NodeJS.ProcessEnv,
    cwd: scratch,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    // A group of its own: what it starts ends with it.
    detached: true,
    ...(hold.user === undefined ? {} : { uid: hold.user, gid: hold.user }),
  })
  if (child.pid === undefined) {
    child.on('error', () => {})
    throw new Error('No process could be started for it: the machine has none left, or /bin/sh is not there.')
  }
  const [, stdout, stderr, out, inn] = child.stdio as [null, Readable, Readable, Readable, Writable]
  const printed = listen([stdout, stderr], bounds.printedBytes, broken)
  for (const stream of [stdout, stderr, out, inn]) stream.on('error', () => {})
  return {
    out,
    send(message) {
      const flows = inn.writable && inn.write(`${JSON.stringify(message)}\n`)
      if (inn.writableLength > bounds.unreadBytes) broken('It asks for more than it takes.')
      return flows
    },
    onceRead: (ring) => void inn.once('drain', ring),
    kill: () => killGroup(child),
    ended: ended(child, out, { mark, scratch, clock }).then((exit) => ({ ...exit, complaint: printed() })),
  }
}

/** Counts what it prints; answers the end of its complaint. */
function listen([stdout, stderr]: [Readable, Readable], most: number, broken: Line['broken']): () => string {
  let bytes = 0
  let complaint = ''
  const count = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > most) broken(`It printed more than ${most / 1024 ** 2} MB.`)
  }
  stdout.on('data', count)
  stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('latin1')).slice(-MOST_COMPLAINT)
    count(chunk)
  })
  return () => complaint
}

const CLOSES_ON_EXEC = 0o2000000
/** Below, the process has its own. */
const FIRST_STRANGER = 32

/**
 * What the server was started with and hands on to what it starts, such as a pipe of its supervisor. Node closes it
 * only as far as it finds no gap.
 */
export async function strangers(): Promise<number[]> {
  const all = (await readdir('/proc/self/fdinfo').catch(() => []))
    .map(Number)
    .filter((it) => it >= FIRST_STRANGER)
  const flagsOf = async (fd: number) =>
    /^flags:\s+([0-7]+)/m.exec(await readFile(`/proc/self/fdinfo/${fd}`, 'utf8').catch(() => ''))?.[1]
  const handedOn = await Promise.all(
    all.map(async (fd) => {
      const flags = await flagsOf(fd)
      return flags !== undefined && (Number.parseInt(flags, 8) & CLOSES_ON_EXEC) === 0
    }),
  )
  return all.filter((_, n) => handedOn[n])
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone.
  }
}

async function ended(
  child: ChildProcess,
  out: Readable,
  { mark, scratch, clock }: Pick<Line, 'mark' | 'scratch' | 'clock'>,
) {
  const exit = await new Promise<Omit<Exit, 'complaint'>>((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', reject)
  })
  killGroup(child)
  if (mark) await killStrays({ mark, scratch })
  // What it sent before it fell is still on the way.
  await new Promise<void>((resolve) => {
    if (out.closed || out.readableEnded) return resolve()
    out.once('close', resolve)
    return clock.after(seconds(1), resolve)
  })
  for (const stream of child.stdio) stream?.destroy()
  return exit
}

/** What has left the group keeps its environment or its place; until none is found, since one may start another. */
async function killStrays(stray: Stray): Promise<void> {
  for (let left = 50; left > 0; left--) {
    const found = await straysOf(stray)
    if (found.length === 0) return
    for (const pid of found)
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It is gone.
      }
  }
}

async function straysOf({ mark, scratch }: Stray): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((it) => /^\d+$/.test(it))
  const isOurs = async (pid: string) =>
    (await readlink(`/proc/${pid}/cwd`).catch(() => '')).startsWith(scratch) ||
    (await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')).includes(`${MARK}=${mark}`)
  const ours = await Promise.all(pids.map(async (pid) => ((await isOurs(pid)) ? [Number(pid)] : [])))
  return ours.flat()
}
