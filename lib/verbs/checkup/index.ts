/**
 * Looks the installation over while it serves.
 *
 * Promise: the checks are those of `npm run doctor`, made in a process of their own: the server answers everybody else
 * meanwhile, however large its database is. Who asks while somebody else does hears the same.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Clock, minutes } from '../../clock.ts'
import { CheckLine, type Checkup } from '../../contract/checkup.ts'
import { ProblemError } from '../../contract/problem.ts'
import type { Env } from '../../env.ts'
import { VERSION } from '../../version.ts'

const CHILD = fileURLToPath(new URL('../../checkup.ts', import.meta.url))
const LONGEST_MS = minutes(1)

export interface CheckupDeps {
  env: Env
  clock: Clock
}

export function createCheckup({ env, clock }: CheckupDeps): () => Promise<Checkup> {
  let underway: Promise<Checkup> | null = null
  async function look(): Promise<Checkup> {
    const now = clock.now().toISOString()
    const said = await inChild(JSON.stringify({ env, now }), clock)
    return { at: now, version: VERSION, checks: CheckLine.array().parse(JSON.parse(said)) }
  }
  return () => {
    underway ??= look().finally(() => {
      underway = null
    })
    return underway
  }
}

function inChild(given: string, clock: Clock): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  // What it must know comes by its input: nothing secret stands in a list of processes.
  const child = spawn(process.execPath, ['--no-warnings', CHILD], { stdio: ['pipe', 'pipe', 'ignore'] })
  const callOff = clock.after(LONGEST_MS, () => child.kill('SIGKILL'))
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (it: string) => {
    said += it
  })
  child.stdin.on('error', () => {})
  child.on('error', reject)
  child.on('close', (code) => {
    callOff()
    if (code === 0) resolve(said)
    else
      reject(new ProblemError(503, 'The installation could not be looked over in time. Run: npm run doctor'))
  })
  child.stdin.end(given)
  return promise
}
