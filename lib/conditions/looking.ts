/**
 * One look at a source.
 *
 * Promise: it ends within its time and is a value or a sentence, never an exception that somebody must know of; what
 * is asked of one address goes over one connection.
 */
import type { Logger } from 'pino'
import type { Store } from '#db/store.ts'
import { openValues } from '../agents/mcp/confidence.ts'
import type { McpServers } from '../agents/mcp/servers.ts'
import type { Box } from '../agents/sealed.ts'
import type { Secrets } from '../agents/secrets.ts'
import { type Clock, seconds } from '../clock.ts'
import type { ConditionSource } from '../contract/condition-trigger.ts'
import { inTime } from '../deadline.ts'
import type { GuardedFetch } from '../net/guarded-fetch.ts'
import { NoValue, type Remembered } from './source.ts'
import { sources } from './sources/index.ts'
import type { Look } from './state.ts'

export interface LookingDeps {
  store: Store
  clock: Clock
  log: Logger
  fetch: GuardedFetch
  mcp: McpServers
  box: Box
  secrets: Secrets
}

/** Whose look it is; `triggerId` null: nobody's yet. */
export interface Whose {
  workspaceId: number
  triggerId: number | null
}
export type LookAt = (source: ConditionSource, whose: Whose, signal?: AbortSignal) => Promise<Look>

/** What headers of conditions are sealed for. */
export const HEADERS = 'conditions'
const LOOK_MS = seconds(30)
const MOST_KNOWN = 500

export function createLookAt({ log, box, secrets, ...deps }: LookingDeps): LookAt {
  const all = new Map<string, Remembered>()
  return async (source, { workspaceId, triggerId }, outer) => {
    const late = () => new NoValue(`It did not answer within ${LOOK_MS / 1000} seconds.`)
    const signals = outer ? [outer] : []
    try {
      const reading = await inTime({ clock: deps.clock, ms: LOOK_MS, signals, late }, (signal) =>
        sources[source.kind].read(source, {
          ...deps,
          ...{ workspaceId, triggerId, signal },
          open: (headers) => openValues({ box, secrets }, workspaceId, headers, HEADERS),
          known: knownOf(all, workspaceId),
        }),
      )
      return { kind: 'read', reading }
    } catch (error) {
      outer?.throwIfAborted()
      if (!(error instanceof NoValue))
        log.debug({ err: error, scheduleId: triggerId }, 'A look at a condition failed.')
      return {
        kind: 'failed',
        error: (error instanceof Error ? error.message : String(error)).slice(0, 1000),
      }
    }
  }
}

/** Of one workspace; the one that was kept first is forgotten first. */
const knownOf = (all: Map<string, Remembered>, workspaceId: number) => ({
  get: (key: string) => all.get(`${workspaceId} ${key}`),
  keep(key: string, it: Remembered) {
    all.delete(`${workspaceId} ${key}`)
    all.set(`${workspaceId} ${key}`, it)
    const [oldest] = all.keys()
    if (all.size > MOST_KNOWN && oldest !== undefined) all.delete(oldest)
  },
})
