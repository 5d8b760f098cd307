/**
 * The process of one run: started, spoken to, ended.
 *
 * Promise: when `ended` resolves, the process and all that it started are gone, whether it answered, was stopped or
 * fell; what it printed was counted and is not kept but for the last of its complaint.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
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

interface Line {
  command: string[]
  scratch: string
  hold: Hold
  /** It may start programs: they carry it, and are found by it. */
  mark: string | null
  mostPrinted: number
  clock: Clock
  printedTooMuch(): void
}

export function startProcess({
  command,
  scratch,
  hold,
  mark,
  mostPrinted,
  clock,
  printedTooMuch,
}: Line): Started {
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
  let printed = 0
  let complaint = ''
  for (const stream of [stdout, stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.length
      if (stream === stderr) complaint = (complaint + chunk.toString('latin1')).slice(-MOST_COMPLAINT)
      if (printed > mostPrinted) printedTooMuch()
    })
  for (const stream of [stdout, stderr, out, inn]) stream.on('error', () => {})
  return {
    out,
    send: (message) => inn.writable && inn.write(`${JSON.stringify(message)}\n`),
    onceRead: (ring) => void inn.once('drain', ring),
    kill: () => killGroup(child),
    ended: ended(child, out, { mark, clock }).then((exit) => ({ ...exit, complaint })),
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone.
  }
}

async function ended(child: ChildProcess, out: Readable, { mark, clock }: Pick<Line, 'mark' | 'clock'>) {
  const exit = await new Promise<Omit<Exit, 'complaint'>>((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', reject)
  })
  killGroup(child)
  if (mark) await killMarked(mark)
  // What it sent before it fell is still on the way.
  await new Promise<void>((resolve) => {
    if (out.closed || out.readableEnded) return resolve()
    out.once('close', resolve)
    return clock.after(seconds(1), resolve)
  })
  for (const stream of child.stdio) stream?.destroy()
  return exit
}

/** What has left the group keeps its environment; until none is found, since one may start another meanwhile. */
async function killMarked(mark: string): Promise<void> {
  for (let left = 20; left > 0; left--) {
    const found = await marked(mark)
    if (found.length === 0) return
    for (const pid of found)
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It is gone.
      }
  }
}

async function marked(mark: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((it) => /^\d+$/.test(it))
  const isOurs = async (pid: string) =>
    (await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')).includes(`${MARK}=${mark}`)
  const ours = await Promise.all(pids.map(async (pid) => ((await isOurs(pid)) ? [Number(pid)] : [])))
  return ours.flat()
}
