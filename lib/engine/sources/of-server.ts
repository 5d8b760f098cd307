/** The sources of events as the configuration of a server has them. */
import type { Env } from '#lib/env.ts'
import { createReach } from '#lib/triggers/sources/reach.ts'
import type { Engine } from '../engine.ts'
import { createSources, type Sources, type SourcesDeps } from './index.ts'

interface Deps
  extends Omit<SourcesDeps, 'reach' | 'readiness'>,
    Pick<Parameters<typeof createReach>[0], 'mail'> {
  env: Env
  engine: Pick<Engine, 'readiness'>
  /** Whether this server looks after them; one that does not looks when somebody asks. */
  fires: boolean
}

export function sourcesOf({
  env,
  mail,
  engine,
  fires,
  ...given
}: Deps): Sources & { close(): Promise<void> } {
  const reach = createReach({ env, mail, clock: given.clock })
  const { start, ...sources } = createSources({ ...given, reach, readiness: engine.readiness })
  return {
    ...sources,
    async start() {
      if (fires) await start()
    },
    close: reach.close,
  }
}
