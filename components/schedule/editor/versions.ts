/** Where two have changed the same schedule: what each has made of it. Pure. */
import type { Body } from './draft.ts'

export interface Version {
  field: string
  before: unknown
  mine: unknown
  theirs: unknown
  /** Both changed it, each to something else. */
  isContested: boolean
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Of each field that anybody changed since it was opened. */
export function versionsOf(opened: Body, mine: Body, theirs: Body): Version[] {
  const fields = new Set([opened, mine, theirs].flatMap(Object.keys)) as Set<keyof Body>
  return [...fields].flatMap((field) => {
    const all = { before: opened[field], mine: mine[field], theirs: theirs[field] }
    const [byMe, byThem] = [!isSame(all.before, all.mine), !isSame(all.before, all.theirs)]
    if (!byMe && !byThem) return []
    return [{ field, ...all, isContested: byMe && byThem && !isSame(all.mine, all.theirs) }]
  })
}
