/** Where two have changed the same schedule: what each has made of it. Pure. */
import type { Standing } from './base.ts'
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

type Values = Readonly<Partial<Body> & Partial<Standing>>

const STANDING: readonly string[] = ['enabled', 'pausedReason', 'pausedUntil'] satisfies (keyof Standing)[]
/** Whether they changed anything that the form has: to pause it, or to resume it, is none of that. */
export const theyChangedForm = (versions: readonly Version[]): boolean =>
  versions.some(({ field, before, theirs }) => !STANDING.includes(field) && !isSame(before, theirs))

/** Of each field that anybody changed since it was opened. */
export function versionsOf(opened: Values, mine: Values, theirs: Values): Version[] {
  const fields = new Set([opened, mine, theirs].flatMap(Object.keys)) as Set<keyof Values>
  return [...fields].flatMap((field) => {
    const all = { before: opened[field], mine: mine[field], theirs: theirs[field] }
    const [byMe, byThem] = [!isSame(all.before, all.mine), !isSame(all.before, all.theirs)]
    if (!byMe && !byThem) return []
    return [{ field, ...all, isContested: byMe && byThem && !isSame(all.mine, all.theirs) }]
  })
}
