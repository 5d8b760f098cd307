/** Whose a new budget is, as it is chosen and as it is asked for. Pure. */
import type { Wanted } from '#lib/client/budgets.ts'

/** No agent has a name like these. */
export const WHOLE = ''
export const ONE_SCHEDULE = ':schedule'

export interface Owner {
  /** `WHOLE`, `ONE_SCHEDULE`, or the id of an agent. */
  of: string
  schedule: number | null
}

export function ownerOf({ of, schedule }: Owner): Pick<Wanted, 'scope' | 'scopeId'> {
  if (of === WHOLE) return { scope: 'workspace', scopeId: null }
  return of === ONE_SCHEDULE ? { scope: 'trigger', scopeId: schedule } : { scope: 'agent', scopeId: of }
}

/** What is still to be chosen. */
export const lacking = ({ of, schedule }: Owner): string | null =>
  of === ONE_SCHEDULE && schedule === null ? 'Choose a schedule.' : null
