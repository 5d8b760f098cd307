/**
 * What of a list that changes by itself is shown.
 *
 * Promise: nothing jumps under the reader's hand. What comes in above or between rows that are seen already
 * waits until it is asked for; what follows after them was loaded because it was asked for.
 */
export interface Arrangement<Row> {
  shown: Row[]
  waiting: Row[]
}

export function arrange<Row extends { id: number }>(
  rows: readonly Row[],
  seen: ReadonlySet<number>,
): Arrangement<Row> {
  const last = rows.findLastIndex((it) => seen.has(it.id))
  const isWaiting = (row: Row, n: number) => n < last && !seen.has(row.id)
  return { shown: rows.filter((row, n) => !isWaiting(row, n)), waiting: rows.filter(isWaiting) }
}
