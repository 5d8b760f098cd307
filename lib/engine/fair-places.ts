/**
 * Who begins next where only so many are under way at once. Pure.
 *
 * Promise: the oldest first, but none takes more than a quarter of the places while others wait, and never the last
 * quarter beyond that: whoever comes next finds room, however long the others hang.
 */
const PARTS = 4

/** `waiting`: the oldest first. `underWay`: of whom how many are. */
export function fairly<It>(
  waiting: readonly It[],
  { of, underWay, places }: { of(it: It): number; underWay: readonly number[]; places: number },
): It[] {
  const share = Math.max(1, Math.floor(places / PARTS))
  const taken = new Map<number, number>()
  for (const one of underWay) taken.set(one, (taken.get(one) ?? 0) + 1)
  let free = places - underWay.length
  const begun = new Set<It>()
  const begin = (it: It, leaving: number, most: number) => {
    const own = taken.get(of(it)) ?? 0
    if (begun.has(it) || free <= leaving || own >= most) return
    taken.set(of(it), own + 1)
    begun.add(it)
    free--
  }
  for (const it of waiting) begin(it, 0, share)
  for (const it of waiting) begin(it, share, places)
  return waiting.filter((it) => begun.has(it))
}
