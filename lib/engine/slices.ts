/** Much work on the one thread, in slices: others have their turn in between. */

const SLICE_MS = 8

/**
 * A pattern can take milliseconds, and a long gap tens of them: after each slice of time others have their
 * turn.
 */
export async function inSlices<Item>(items: Item[], act: (it: Item) => void): Promise<void> {
  let sliceEndsMs = performance.now() + SLICE_MS
  for (const it of items) {
    act(it)
    if (performance.now() <= sliceEndsMs) continue
    await turnOfOthers()
    sliceEndsMs = performance.now() + SLICE_MS
  }
}

/** What waits for the thread goes first. */
export const turnOfOthers = () => new Promise<void>((resolve) => setImmediate(resolve))
