/** What a plan comes to, in words. Pure. */
import type { ImportPlan, ListName, ResourceKind } from '#lib/contract/exchange.ts'

export const LISTED: readonly { name: ListName; label: string }[] = [
  { name: 'triggers', label: 'Schedules' },
  { name: 'agents', label: 'Agents' },
  { name: 'channels', label: 'Channels' },
  { name: 'rules', label: 'Notification rules' },
  { name: 'calendars', label: 'Calendars' },
  { name: 'budgets', label: 'Budgets' },
  { name: 'sources', label: 'Sources of events' },
]
export const KIND_WORDS: Readonly<Record<ResourceKind, string>> = {
  trigger: 'Schedule',
  agent: 'Agent',
  channel: 'Channel',
  rule: 'Rule',
  calendar: 'Calendar',
  budget: 'Budget',
  source: 'Source',
}

export interface Sum {
  created: number
  changed: number
  deleted: number
}
export const sumOf = ({ create, change, delete: gone }: ImportPlan): Sum => ({
  created: create.length,
  changed: change.length,
  deleted: gone.length,
})

const PLANNED = { created: 'to make', changed: 'to change', deleted: 'to delete' }
const DONE = { created: 'made', changed: 'changed', deleted: 'deleted' }
const said = (sum: Sum, words: Record<keyof Sum, string>): string =>
  (['created', 'changed', 'deleted'] as const)
    .flatMap((it) => (sum[it] > 0 ? `${sum[it]} ${words[it]}` : []))
    .join(', ')

/** "3 to make, 1 to change". */
export const saidOf = (sum: Sum): string => said(sum, PLANNED) || 'Nothing changes'
/** "3 made, 1 changed". */
export const doneOf = (sum: Sum): string => said(sum, DONE) || 'Nothing was changed'

/** Why it cannot be applied as it stands; null where it can. */
export function heldUpBy({ problems, missing, ...plan }: ImportPlan): string | null {
  const { created, changed, deleted } = sumOf({ problems, missing, ...plan })
  if (problems.length > 0) return 'Mend what is wrong in the file, then look again.'
  if (missing.length > 0) return 'Enter what is missing first.'
  return created + changed + deleted === 0 ? 'The workspace is as the file says already.' : null
}

/** "triggers.3.cronExpression" → the fourth schedule's field, by the file's own count. */
export function placeOf(path: string): string {
  const [list, at, ...rest] = path.split('.')
  const label = LISTED.find((it) => it.name === list)?.label
  if (!label || at === undefined) return path
  const which = /^\d+$/.test(at) ? `${label}, number ${Number(at) + 1}` : `${label}, ${at}`
  return rest.length > 0 ? `${which}: ${rest.join('.')}` : which
}
