/**
 * Runs the code of others.
 *
 * Promise: a run ends with one answer or one sentence, whatever the skill does, and leaves nothing: no process, no
 * file, no connection. It sees its folder, its setup and what it was granted; `containment.ts` says what holds it, and
 * `broker.ts` what it may ask for.
 */
import { randomBytes } from 'node:crypto'
import { chmod, chown, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { type Clock, seconds } from '../../clock.ts'
import { createGuardedAddress, type Lookup } from '../../net/guarded-address.ts'
import { createGuardedFetch } from '../../net/guarded-fetch.ts'
import { inThread } from '../reading/in-a-thread.ts'
import { type BrokerBounds, createBroker, type Ending, type Way } from './broker.ts'
import {
  type Bounds,
  type Containment,
  commandOf,
  containmentOf,
  type Hold,
  holds,
  type Level,
} from './containment.ts'
import { checkFolder, SkillProblem, writeFolder } from './files.ts'
import { type LineBounds, readLines } from './lines.ts'
import { coerced, type Grants, runtimeArgs, type SkillManifest } from './manifest.ts'
import { type Exit, startProcess, strangers } from './process.ts'
import { ownFolder, removeFolder, sweep, watchScratch } from './scratch.ts'

/** Why a run of a skill came to nothing, in one sentence. */
export class SkillFailure extends Error {
  override readonly name = 'SkillFailure'
}

export interface SkillCall {
  /** Where the accepted files lie. */
  folder: string
  manifest: Pick<SkillManifest, 'hubId' | 'description' | 'examples' | 'params' | 'setup'>
  /** As entered, secrets opened. */
  setup: Record<string, string | number | boolean | null>
  params: Record<string, unknown>
  grants: Grants
  /** Time-out, cancel, stop: its reason is thrown. */
  signal: AbortSignal
  say(text: string): void
  /** A call that needs a person. What it throws ends the run, and is thrown as it is. */
  approve(request: { payload: unknown; description: string }): Promise<{ approved: boolean; message: string }>
}

export interface Sandbox {
  /** What the handler returned. @throws SkillFailure, or the signal's reason. */
  run(call: SkillCall): Promise<unknown>
  /** The best that works on this machine. */
  level(): Promise<Containment>
  close(): Promise<void>
}

export interface SandboxLimits extends Bounds, LineBounds, BrokerBounds {
  printedBytes: number
  scratchBytes: number
  /** Of what it asked for and does not take. */
  unreadBytes: number
}

export const LIMITS: SandboxLimits = {
  heapMb: 128,
  dataKb: 700_000,
  cpuSeconds: 60,
  messages: 100_000,
  bytes: 128 * 1024 ** 2,
  lineBytes: 8 * 1024 ** 2,
  says: 1000,
  sayCharacters: 2000,
  bodyBytes: 5 * 1024 ** 2,
  tunnels: 64,
  requestsAtOnce: 8,
  approvals: 20,
  unreadBytes: 32 * 1024 ** 2,
  tunnelBytes: 64 * 1024 ** 2,
  answerBytes: 1024 ** 2,
  printedBytes: 8 * 1024 ** 2,
  scratchBytes: 256 * 1024 ** 2,
}

export interface SandboxDeps {
  clock: Clock
  /** Where each run gets a folder of its own, for as long as it lasts. */
  scratchDir: string
  allowedPrivateNetworks: readonly string[]
  lookup?: Lookup
  limits?: Partial<SandboxLimits>
  /** Which may be used; all, unless it is said. */
  levels?: readonly Level[]
}

interface Ground {
  clock: Clock
  scratchDir: string
  limits: SandboxLimits
  ways: { public: Way; private: Way }
  /** What every process is handed, and closes. */
  inherited: Promise<number[]>
}

export function createSandbox(deps: SandboxDeps): Sandbox {
  const { clock, scratchDir, lookup, levels = ['bubblewrap', 'other-user', 'permission'] } = deps
  const fetches = [[], deps.allowedPrivateNetworks].map((allowedPrivateNetworks) => {
    const policy = { allowedPrivateNetworks, ...(lookup && { lookup }) }
    return { fetch: createGuardedFetch({ ...policy, clock }), address: createGuardedAddress(policy) }
  }) as [Way & { fetch: { close(): Promise<void> } }, Way & { fetch: { close(): Promise<void> } }]
  const ground: Ground = {
    clock,
    scratchDir,
    limits: { ...LIMITS, ...deps.limits },
    ways: { public: fetches[0], private: fetches[1] },
    inherited: strangers(),
  }
  let best: ReturnType<typeof bestOf> | null = null
  const held = () => {
    best ??= bestOf(holds(levels), ground)
    return best
  }
  return {
    run: async (call) => run((await held()).hold, call, ground),
    level: async () => (await held()).containment,
    close: async () => void (await Promise.all(fetches.map((it) => it.fetch.close()))),
  }
}

const NOTHING: Grants = { network: [], privateNetwork: false, read: [], write: [], childProcess: false }

/** What a level promises counts where a skill answers in it. */
async function bestOf(all: Hold[], ground: Ground): Promise<{ hold: Hold; containment: Containment }> {
  await sweep(ground.scratchDir, ground.clock.now())
  const folder = await ownFolder('probe-', ground.scratchDir)
  const passedOver = new Map<Level, string>()
  try {
    await writeFolder(
      new Map([
        ['plugin.json', Buffer.from('{}')],
        ['handler.js', Buffer.from('module.exports.runtime = { handler: () => true }')],
      ]),
      join(folder, 'skill'),
    )
    await chmod(folder, 0o755)
    for (const hold of all) {
      const problem = await probed(hold, join(folder, 'skill'), ground)
      if (problem === null) {
        passedOver.delete(hold.level)
        return { hold, containment: containmentOf(hold, new Set(passedOver.keys())) }
      }
      passedOver.set(hold.level, problem)
    }
  } finally {
    await removeFolder(folder)
  }
  throw new SkillFailure(`No skill can be run on this machine: ${[...passedOver.values()].at(-1)}`)
}

async function probed(hold: Hold, folder: string, ground: Ground): Promise<string | null> {
  try {
    await run(hold, { ...PROBE, folder, signal: AbortSignal.timeout(seconds(20)) }, ground)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

const PROBE = {
  manifest: { hubId: 'probe', description: '', examples: [], params: null, setup: {} },
  setup: {},
  params: {},
  grants: NOTHING,
  say() {},
  approve: async () => ({ approved: false, message: '' }),
} satisfies Omit<SkillCall, 'folder' | 'signal'>

async function run(hold: Hold, call: SkillCall, ground: Ground): Promise<unknown> {
  call.signal.throwIfAborted()
  const folder = await realpath(call.folder).catch(() => {
    throw new SkillFailure(`The skill's folder ${call.folder} is gone. Import it again.`)
  })
  await checkFolder(folder).catch((error) => {
    throw error instanceof SkillProblem ? new SkillFailure(`Its folder has changed. ${error.message}`) : error
  })
  const scratch = await ownFolder('run-', ground.scratchDir)
  try {
    if (hold.user !== undefined) await chown(scratch, hold.user, hold.user)
    return await answered({ hold, call, folder, scratch }, ground)
  } finally {
    await removeFolder(scratch)
  }
}

interface Run {
  hold: Hold
  call: SkillCall
  folder: string
  scratch: string
}

async function answered({ hold, call, folder, scratch }: Run, ground: Ground): Promise<unknown> {
  const { clock, limits, ways } = ground
  const { grants, signal } = call
  const token = randomBytes(16).toString('hex')
  const inherited = await ground.inherited
  const over = new AbortController()
  let ending: Ending | null = null
  const end = (it: Ending) => {
    ending ??= it
    child.kill()
  }
  const fail = (message: string) => end({ kind: 'failure', message })
  const child = startProcess({
    command: commandOf(hold, { folder, scratch, grants }, limits),
    scratch,
    hold,
    mark: grants.childProcess ? token : null,
    bounds: limits,
    clock,
    broken: fail,
  })
  const broker = createBroker(
    {
      ...{ clock, grants, bounds: limits, say: call.say, approve: call.approve },
      ...{ send: child.send, onceRead: child.onceRead, signal: over.signal },
      way: grants.privateNetwork ? ways.private : ways.public,
      pageText: (html, url) => pageText(html, url, clock),
    },
    token,
    end,
  )
  readLines(child.out, limits, { line: (text) => ending ?? broker.hear(text), broken: fail })
  const stop = () => end({ kind: 'thrown', error: signal.reason })
  signal.addEventListener('abort', stop, { once: true })
  // It may have been stopped while its folders were made.
  if (signal.aborted) stop()
  const unwatch = watchScratch(scratch, limits.scratchBytes, clock, fail)
  child.send({ token, strangers: inherited, ...givenOf(call, folder, limits) })
  try {
    const exit = await child.ended
    return outcomeOf(ending ?? { kind: 'failure', message: fallen(exit, limits) })
  } finally {
    unwatch()
    signal.removeEventListener('abort', stop)
    over.abort()
    broker.close()
  }
}

function givenOf(
  { manifest, setup, params, grants }: SkillCall,
  folder: string,
  { answerBytes }: SandboxLimits,
) {
  return {
    folder,
    name: manifest.hubId,
    description: manifest.description,
    examples: manifest.examples,
    parameters: manifest.params ?? { type: 'object', properties: {} },
    runtimeArgs: runtimeArgs(manifest.setup, setup),
    params: coerced(params, manifest.params),
    grants,
    answerBytes,
    certificates: getCACertificates('extra'),
  }
}

function outcomeOf(ending: Ending): unknown {
  switch (ending.kind) {
    case 'result':
      return ending.value
    case 'failure':
      throw new SkillFailure(ending.message)
    case 'thrown':
      throw ending.error
  }
}

const OUT_OF_MEMORY = /out of memory|bad_alloc|allocation failed|cannot allocate/i
const BY_CODE: Record<number, NodeJS.Signals> = {
  134: 'SIGABRT',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  152: 'SIGXCPU',
}

/** Of a process that ended without an answer. A program around it tells of a signal as a code. */
function fallen({ code, signal, complaint }: Exit, { cpuSeconds, heapMb }: SandboxLimits): string {
  const by = signal ?? BY_CODE[code ?? 0]
  if (by === 'SIGXCPU') return `It took more than ${cpuSeconds} s of processor time.`
  if (OUT_OF_MEMORY.test(complaint))
    return `It needs more memory than a skill may take (${heapMb} MB of objects).`
  if (by === 'SIGKILL')
    return `It was stopped by the machine: it took more than ${cpuSeconds} s of processor time, or all its memory.`
  if (by) return `Its process fell (${by}) before it answered.`
  const last = complaint.trim().split('\n').at(-1)?.slice(0, 200)
  return `It ended its process (exit code ${code}) before it answered.${last && code !== 0 ? ` Its last words: ${last}` : ''}`
}

async function pageText(html: string, url: string, clock: Clock): Promise<string> {
  const script = new URL('../tools/page-text.ts', import.meta.url)
  return (await inThread<{ text: string }>(script, { data: { html, url }, what: url, clock })).text
}
