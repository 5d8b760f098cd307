/**
 * The demo: a workspace with thirty days of history, to look around in.
 *
 * Promise: its history was made by the program itself (`scripts/demo`), in a process and a database of their own, so
 * that nobody waits meanwhile; what goes on in it afterwards asks no model and reaches nobody.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as demo from '#db/queries/demo.ts'
import { openSqlite } from '#db/sqlite/index.ts'
import type { Logger } from 'pino'
import { minutes, seconds } from '../clock.ts'
import type { By } from '../contract/by.ts'
import type { DemoState, LoadDemo } from '../contract/demo.ts'
import { ProblemError } from '../contract/problem.ts'
import type { Deps } from './deps.ts'
import { list, toggle } from './triggers.ts'

export interface DemoDeps extends Deps {
  log: Logger
}

const MAKER = join(import.meta.dirname, '..', '..', 'scripts', 'demo', 'make.ts')
const LONGEST_MS = minutes(20)
/** Whoever makes it says so more often than this; after it, nobody does. */
const SILENT_MS = seconds(90)

interface Making {
  progress: number
  atMs: number
  problem: string | null
}

export async function state({ store, clock }: Pick<DemoDeps, 'store' | 'clock'>): Promise<DemoState> {
  const found = await demo.find(store)
  if (found) return { state: 'ready', slug: found.slug, progress: 1, problem: null }
  const making = (await demo.making(store)) as Making | null
  if (!making) return { state: 'none', slug: null, progress: 0, problem: null }
  const { problem, progress, atMs } = making
  if (problem) return { state: 'none', slug: null, progress: 0, problem }
  const isAlive = progress < 1 && clock.now().getTime() - atMs < SILENT_MS
  return { state: isAlive ? 'making' : 'none', slug: null, progress: isAlive ? progress : 0, problem: null }
}

/** Begins to make it, for whoever asks. @throws ProblemError 409 while it is made, or there */
export async function load(
  deps: DemoDeps,
  { timezone }: LoadDemo,
  person: By & { email: string },
): Promise<DemoState> {
  const { store, clock, log } = deps
  const seen = await demo.making(store)
  const now = await state(deps)
  if (now.state === 'making') throw isMade()
  if (now.state === 'ready')
    throw new ProblemError(409, `The demo is there already, at /w/${now.slug}. Remove it first.`)
  const begun = { progress: 0, problem: null, atMs: clock.now().getTime() }
  if (!(await demo.begin(store, seen, begun))) throw isMade()
  void make(deps, timezone, person)
    .then(() => demo.noteMaking(store, { progress: 1, atMs: 0, problem: null }))
    .catch(async (err: Error) => {
      log.error({ err }, 'The demo could not be made.')
      await demo.sweep(store).catch(() => {})
      await tell(deps, {
        progress: 0,
        problem: 'The demo could not be made; the log of the server says why.',
      })
    })
    .catch(() => {})
  return state(deps)
}

const isMade = () => new ProblemError(409, 'The demo is being made already.')

/** All of it goes, at once and for everybody. */
export async function remove({ store, engine }: DemoDeps): Promise<void> {
  await demo.remove(store)
  engine.look()
}

const tell = ({ store, clock }: DemoDeps, how: Omit<Making, 'atMs'>) =>
  demo.noteMaking(store, { ...how, atMs: clock.now().getTime() })

async function make(deps: DemoDeps, zone: string, person: By & { email: string }): Promise<void> {
  const { kind, id, name, email } = person
  const { store, clock } = deps
  const folder = await mkdtemp(join(tmpdir(), 'carillon-demo-'))
  try {
    await demo.sweep(store)
    const [slug, taken] = await Promise.all([demo.freeSlug(store), demo.takenIds(store)])
    const now = clock.now()
    const wanted = { folder, now: now.toISOString(), zone, slug, taken, person: { id, name, email } }
    const workspaceId = await inChild(deps, wanted)
    const made = await openSqlite({ file: join(folder, 'carillon.db') })
    try {
      await demo.copy(store, made, workspaceId)
    } finally {
      await made.close()
    }
    await goOn(deps, workspaceId, { kind, id, name })
    await demo.open(store, workspaceId, id, clock.now())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What rests only because it was made goes on; what costs something, or was paused by the story, rests. */
async function goOn(deps: DemoDeps, workspaceId: number, by: By): Promise<void> {
  const { triggers } = await list(deps, workspaceId, { limit: 100, deleted: false })
  for (const { id, pausedReason } of triggers)
    if (pausedReason === GOES_ON) await toggle(deps, workspaceId, id, { enabled: true }, by)
}
/** As the story says it. */
const GOES_ON = 'The demo is being made.'

/** Made in a process of its own, which says how far it is. Answers the workspace there. */
function inChild(deps: DemoDeps, wanted: object): Promise<number> {
  const { clock, log } = deps
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const child = spawn(process.execPath, ['--no-warnings', MAKER], { stdio: ['pipe', 'pipe', 'pipe'] })
  // Everybody else comes first.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  const callOff = clock.after(LONGEST_MS, () => child.kill('SIGKILL'))
  const leave = () => child.kill('SIGKILL')
  process.once('exit', leave)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (it: string) => {
    said = (said + it).slice(-4_000)
  })
  createInterface(child.stdout).on('line', (line) => {
    const it = saidIn(line)
    if (!it) return
    if (it.workspaceId !== undefined) resolve(it.workspaceId)
    // What is left is to bring it over.
    else
      void tell(deps, { progress: (it.progress ?? 0) * 0.95, problem: null }).catch((err) =>
        log.warn({ err }),
      )
  })
  child.stdin.on('error', () => {})
  child.on('error', reject)
  child.on('close', (code) => {
    callOff()
    process.removeListener('exit', leave)
    reject(new Error(`The demo was not made, the process ended with ${code}. ${said}`))
  })
  child.stdin.end(JSON.stringify(wanted))
  return promise
}

/** Null of a line that something else has written: nothing of it may end the server. */
function saidIn(line: string): { progress?: number; workspaceId?: number } | null {
  try {
    return JSON.parse(line) as { progress?: number; workspaceId?: number } | null
  } catch {
    return null
  }
}
