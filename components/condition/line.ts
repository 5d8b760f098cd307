/** What the line of a condition is. */
import type { ConditionOp } from '#lib/contract/condition-ops.ts'
import type { ConditionDraft } from './draft.ts'

/** What a line is compared as. */
export const takesNumber = ({ op, kind, as }: Pick<ConditionDraft, 'op' | 'kind' | 'as'>): boolean =>
  op === 'above' ||
  op === 'below' ||
  op === 'changes_by' ||
  op === 'stale' ||
  (op !== 'matches' && (kind === 'workspace' || (kind === 'http' && as === 'number')))
export const takesLine = (op: ConditionOp): boolean => op !== 'changes' && op !== 'new_items'
