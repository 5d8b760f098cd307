/** The engine as the configuration of a server has it. */
import { join } from 'node:path'
import { seconds } from '../clock.ts'
import { boundsOf, type Env } from '../env.ts'
import { queueFor } from '../queue/index.ts'
import { VERSION } from '../version.ts'
import { createEngine, type Engine, type EngineDeps } from './engine.ts'
import { BEAT } from './lifecycle.ts'
import { witnessIn } from './witness.ts'

type Given = 'store' | 'clock' | 'log' | 'agents' | 'lookAt' | 'chance' | 'hint' | 'observe' | 'observeStart'

interface Deps extends Pick<EngineDeps, Given> {
  env: Env
  serverId: string
}

export function engineOf({ env, serverId, ...given }: Deps): Engine {
  const { limits, minimumIntervalSeconds, dataDir } = boundsOf(env)
  const { store, clock, log } = given
  return createEngine({
    ...given,
    ...{ limits, minimumIntervalSeconds },
    server: { id: serverId, role: env.ROLE, version: VERSION },
    ...BEAT,
    graceMs: seconds(env.STOP_GRACE_SECONDS),
    witness: witnessIn(join(dataDir, 'carillon.last-seen')),
    queue: (taker) => queueFor(env, { store, clock, log, owner: serverId, limits, taker }),
  })
}
