/** What the health of a server is told from, beside its rows. */
import type { Store } from '#db/store.ts'
import type { Clock } from '../clock.ts'
import type { Env } from '../env.ts'
import { VERSION } from '../version.ts'
import type { ServerDeps } from './health.ts'
import { createFullness } from './quotas.ts'

interface Parts extends Pick<ServerDeps, 'fires' | 'otherSecrets' | 'isStopping'> {
  store: Store
  clock: Clock
  env: Env
}

export const aboutServer = ({ env, fires, otherSecrets, isStopping, ...ground }: Parts) => ({
  version: VERSION,
  role: env.ROLE,
  fires,
  startedAtMs: ground.clock.monotonicMs(),
  otherSecrets,
  fullness: createFullness(ground),
  isStopping,
})
