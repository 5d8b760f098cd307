/**
 * What the server said while it drew a page: shown at once, and asked for once more. Nothing was heard of what happened
 * before the page was awake, and the framework keeps a page: it may be older than it looks.
 */
interface Drawn<Data> {
  initialData: Data
  initialDataUpdatedAt: number
}
export function drawn<Data>(known: NonNullable<Data>): Drawn<Data>
export function drawn<Data>(known: Data | null | undefined): Drawn<Data> | undefined
export function drawn<Data>(known: Data | null | undefined): Drawn<Data> | undefined {
  return known ? { initialData: known, initialDataUpdatedAt: 0 } : undefined
}
