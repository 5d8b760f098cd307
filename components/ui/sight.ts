/** Which rows of a long list are in sight, and what room the others take; pure. */

/** What of a list shows: its upper edge below that of the list, and how much of it there is. */
export interface Sight {
  topPx: number
  heightPx: number
}

/** So many rows before and after those in sight are drawn with them, and so many are there at the least. */
export const AROUND = 8
const CLOSE = 4

/** Where each row begins below the upper edge of the list, and, last of all, where the list ends. */
export function startsOf(count: number, heightOf: (index: number) => number): number[] {
  const starts = [0]
  for (let n = 0; n < count; n++) starts.push((starts[n] as number) + heightOf(n))
  return starts
}

/** The last row that begins at `px` or above it. */
function rowAt(starts: readonly number[], px: number): number {
  let [low, high] = [0, Math.max(0, starts.length - 2)]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] as number) <= px) low = middle
    else high = middle - 1
  }
  return low
}

/** From the first to the last; of an empty list the last is before the first. */
export interface Rows {
  first: number
  last: number
}

/** `around`: so many rows before and after those in sight belong to it. */
export function rowsIn(starts: readonly number[], { topPx, heightPx }: Sight, around: number): Rows {
  const count = starts.length - 1
  return {
    first: Math.max(0, rowAt(starts, topPx) - around),
    last: Math.min(count - 1, rowAt(starts, topPx + heightPx) + around),
  }
}

/** Whether what is drawn does for what is in sight: a row more is not worth drawing them all again. */
export function isEnough(starts: readonly number[], sight: Sight, drawn: Rows, around = CLOSE): boolean {
  const close = rowsIn(starts, sight, around)
  return drawn.first <= close.first && drawn.last >= close.last
}

/** How far to scroll until a row is in sight: not at all where it is. */
export function wayTo(starts: readonly number[], row: number, { topPx, heightPx }: Sight): number {
  const [start, end] = [starts[row] ?? 0, starts[row + 1] ?? 0]
  if (start < topPx) return start - topPx
  return Math.max(0, end - (topPx + heightPx))
}
