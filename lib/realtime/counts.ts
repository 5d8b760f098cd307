/** How many there are of each key. What there is none of takes no room. */
export interface Counts {
  of(key: string): number
  /** Answers how many there are now. */
  add(key: string): number
  remove(key: string): void
}

export function createCounts(): Counts {
  const counts = new Map<string, number>()
  const of = (key: string) => counts.get(key) ?? 0
  return {
    of,
    add(key) {
      const now = of(key) + 1
      counts.set(key, now)
      return now
    },
    remove(key) {
      const now = of(key) - 1
      if (now > 0) counts.set(key, now)
      else counts.delete(key)
    },
  }
}
