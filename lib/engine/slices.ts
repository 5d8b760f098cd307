/** Much work on the one thread, in slices: others have their turn in between. */

const SLICE_MS = 8

/**
 * A pattern can take milliseconds, and a long gap tens of them: after each slice of time others have their
 * turn.
 */
export async function inSlices<Item>(items: Item[], act: (it: Item) => void): Promise<void> {
  const pause = slicing()
  for (const it of items) {
    act(it)
    await pause()
  }
}

/** Said after each step of such work: others have their turn when a slice of time is over. */
export function slicing(): () => Promise<void> {
  let endsMs = performance.now() + SLICE_MS
  return async () => {
    if (performance.now() <= endsMs) return
    await turnOfOthers()
    endsMs = performance.now() + SLICE_MS
  }
}

/** What waits for the thread goes first. */
export const turnOfOthers = () => new Promise<void>((resolve) => setImmediate(resolve))
