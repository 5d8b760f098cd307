/** Servers that die in the middle of what they do. */
import type { Store } from '#db/store.ts'

/** The store as a server sees it that comes through so many transactions and dies in the next: before it, or after. */
export function dyingIn(
  store: Store,
  transactions: number,
  committed: boolean,
): { store: Store; died: Promise<void> } {
  let left = transactions
  let dead = false
  const { promise: died, resolve } = Promise.withResolvers<void>()
  const never = () => new Promise<never>(() => {})
  return {
    died,
    store: {
      ...store,
      all: (it) => (dead ? never() : store.all(it)),
      async atomically(statements) {
        if (dead) return never()
        if (left-- > 0) return store.atomically(statements)
        dead = true
        if (committed) await store.atomically(statements)
        resolve()
        return never()
      },
    },
  }
}

/** The same numbers each time. */
export function* seeded(seed: number): Generator<number, never> {
  for (let it = seed; ; ) {
    it = (it * 1_103_515_245 + 12_345) % 2_147_483_648
    yield it
  }
}
