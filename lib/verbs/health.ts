/** What a server says of itself to whoever operates it. */
import * as upkeep from '#db/queries/upkeep.ts'
import { hours, seconds } from '../clock.ts'
import type { AnswerOf, Api } from '../contract/api.ts'
import type { Engine } from '../engine/engine.ts'
import type { Deps } from './deps.ts'

/** A proxy that asks where to send requests does not wait until a query is given up. */
const READY_WITHIN_MS = seconds(2)
/** A skew of the database's clock from ours that is worth a word. */
const SKEW_WORTH_SAYING_MS = seconds(2)

/** For how long a clock that was set is worth a word. */
const SAID_FOR_MS = hours(1)

export interface ServerDeps extends Pick<Deps, 'store' | 'clock'> {
  engine: Pick<Engine, 'problem' | 'queueName' | 'loop'>
  version: string
  role: string
  /** Whether this server fires and runs. */
  fires: boolean
  startedAtMs: number
  /** In words, by which secrets another server goes and this one does not. */
  otherSecrets(): Promise<string[]>
  /** In words, what some workspace has nearly as much of as it may. */
  fullness(): Promise<string[]>
  isStopping(): boolean
}

export async function health(deps: ServerDeps): Promise<AnswerOf<Api['health']>> {
  const { store, clock, engine, fires } = deps
  const { clockSkewMs, paused, problems } = await examined(deps)
  return {
    status: problems.length === 0 ? 'ok' : 'degraded',
    version: deps.version,
    role: deps.role,
    database: store.dialect,
    queue: engine.queueName,
    scheduler: !fires ? 'off' : paused ? 'paused' : 'running',
    clockSkewMs,
    lastTickAt: engine.loop.lastTickAt?.toISOString() ?? null,
    uptimeSeconds: Math.round((clock.monotonicMs() - deps.startedAtMs) / 1000),
    problems,
  }
}

async function examined({ store, clock, engine, otherSecrets, fullness }: ServerDeps) {
  const problems: string[] = []
  let clockSkewMs = 0
  let paused = false
  try {
    clockSkewMs = await store.clockSkewMs()
    paused = (await upkeep.globalPause(store)) !== null
    problems.push(...(await clockFaults(store, clock.now())))
    problems.push(...(await fullness()))
    for (const words of await otherSecrets())
      problems.push(`Another server was started with ${words}. Give all servers the same secrets.`)
  } catch (error) {
    problems.push((error as Error).message)
  }
  if (engine.problem) problems.push(engine.problem)
  if (Math.abs(clockSkewMs) > SKEW_WORTH_SAYING_MS)
    problems.push(
      `This machine's clock differs from the database's by ${Math.round(clockSkewMs / 100) / 10} s. ` +
        'Due times follow the database.',
    )
  return { clockSkewMs, paused, problems }
}

/** A clock that was set back a while ago: who is late, or early, should look at it. */
async function clockFaults(store: ServerDeps['store'], now: Date): Promise<string[]> {
  const recent = await upkeep.outages(store, new Date(now.getTime() - SAID_FOR_MS))
  return recent
    .filter((it) => it.kind === 'clock')
    .map(
      (it) =>
        `${it.reason} (at ${it.startedAt.toISOString()}) What had run does not run again; all else fires. ` +
        'Have the clock set by NTP.',
    )
}

/** Whether requests should be sent here. */
export async function ready({ store, clock, isStopping }: ServerDeps): Promise<AnswerOf<Api['ready']>> {
  if (isStopping()) return { ready: false, reason: 'The server is stopping.' }
  const late = Promise.withResolvers<never>()
  const callOff = clock.after(READY_WITHIN_MS, () =>
    late.reject(new Error(`The database has not answered for ${READY_WITHIN_MS / 1000} seconds.`)),
  )
  try {
    // One look into an index: anybody may ask, as often as they like.
    await Promise.race([upkeep.globalPause(store), late.promise])
    return { ready: true, reason: null }
  } catch (error) {
    return { ready: false, reason: (error as Error).message }
  } finally {
    callOff()
  }
}
