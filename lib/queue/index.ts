/** Which queue a store goes with: rows alone for one server, pg-boss where several share a PostgreSQL. */
import type { Env } from '../env.ts'
import { embeddedQueue } from './embedded.ts'
import { pgBossQueue } from './pg-boss.ts'
import type { Queue } from './queue.ts'

export function queueFor(env: Pick<Env, 'DATABASE_URL'>, deps: Parameters<typeof embeddedQueue>[0]): Queue {
  return env.DATABASE_URL ? pgBossQueue({ ...deps, url: env.DATABASE_URL }) : embeddedQueue(deps)
}
