/** The worlds of a `describe`, on one store: what a test has opened, and did not kill, is stopped after it. */
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Store } from '#db/store.ts'
import type { stores } from '#db/testing/stores.ts'
import { seconds } from '../../clock.ts'
import { type World, world } from './world.ts'

type Options = Parameters<typeof world>[1]

export function worlds(openStore: (typeof stores)[number]['open']) {
  let opened: Awaited<ReturnType<typeof openStore>>
  const living: World[] = []
  beforeAll(async () => {
    opened = await openStore()
  })
  afterAll(() => opened.close())
  afterEach(async () => {
    for (const it of living.splice(0)) {
      const stopped = it.stop()
      it.clock.advance(seconds(40))
      await stopped
    }
  })

  function kept(it: World): World {
    living.push(it)
    return it
  }
  const on = {
    get store(): Store {
      return opened.store
    },
    /** With a server that has not started yet. */
    open: async (options?: Options) => kept(await world(opened.store, options)),
    async begin(options?: Options): Promise<World> {
      const it = await on.open(options)
      await it.start()
      return it
    },
    /** Another server in the same world, which has not started yet. */
    again: async (it: World, options?: Parameters<World['again']>[0]) => kept(await it.again(options)),
    /** Only so: what is dead never stops. */
    kill(it: World): void {
      living.splice(living.indexOf(it), 1)
      it.kill()
    },
  }
  return on
}
