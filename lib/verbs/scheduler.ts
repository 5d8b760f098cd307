/** Pausing everything: each trigger keeps its own state, and what is passed over leaves its trace. */
import * as upkeep from '#db/queries/upkeep.ts'
import type { AnswerOf, Api, BodyOf } from '../contract/api.ts'
import type { By } from '../contract/by.ts'
import type { Deps } from './deps.ts'

type Scheduler = Pick<Deps, 'store' | 'clock' | 'engine'>
type State = AnswerOf<Api['scheduler']>['scheduler']

export async function state({ store }: Scheduler): Promise<State> {
  const pause = await upkeep.globalPause(store)
  return {
    paused: pause !== null,
    reason: pause?.reason ?? null,
    since: pause?.since.toISOString() ?? null,
  }
}

export async function change(
  deps: Scheduler,
  { paused, reason }: BodyOf<Api['changeScheduler']>,
  by: By,
): Promise<State> {
  const { store, clock, engine } = deps
  if (paused) await upkeep.pauseAll(store, reason ?? `paused by ${by.name}`, clock.now())
  else await upkeep.resumeAll(store, clock.now())
  engine.look()
  return state(deps)
}
