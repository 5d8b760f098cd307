/** What a source can be asked, and in what words. */
import type { ConditionOp } from '#lib/contract/condition-ops.ts'
import type { ConditionDraft } from './draft.ts'

export const OPS: Record<ConditionOp, string> = {
  above: 'is above',
  below: 'is below',
  equals: 'is',
  not_equals: 'is not',
  matches: 'matches the pattern',
  changes: 'changes',
  changes_by: 'changes by at least',
  new_items: 'has something new',
  stale: 'has not changed for (minutes)',
}

export function opsFor({ kind, as }: Pick<ConditionDraft, 'kind' | 'as'>): ConditionOp[] {
  if (kind === 'feed') return ['new_items', 'changes', 'stale']
  if (kind === 'workspace' || (kind === 'http' && as === 'number'))
    return ['above', 'below', 'equals', 'not_equals', 'changes', 'changes_by', 'stale']
  if (kind === 'http' && as === 'boolean') return ['equals', 'not_equals', 'changes', 'stale']
  if (kind === 'http') return ['equals', 'not_equals', 'matches', 'changes', 'stale']
  return ['changes', 'equals', 'not_equals', 'matches', 'above', 'below', 'changes_by', 'stale']
}
