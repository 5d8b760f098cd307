/**
 * Work that is done until nothing is left of it.
 *
 * Promise: it is done by one round at a time; who asks while one is on gets another look after it.
 */
export interface Rounds {
  /** Resolves when nothing was left after the asking. Never rejects. */
  look(): Promise<void>
}

export function rounds(work: () => Promise<void>, failed: (error: Error) => void): Rounds {
  let on: Promise<void> | null = null
  let again = false
  async function all(): Promise<void> {
    do {
      again = false
      await work().catch(failed)
    } while (again)
    on = null
  }
  return {
    look() {
      again = true
      on ??= all()
      return on
    },
  }
}
