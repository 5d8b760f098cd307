/** What a condition can ask of a value. Apart from its schema, which forms do without. */

/** Levels are true for a while; turns are true of one look, and each that is seen is a crossing of its own. */
const LEVELS = ['above', 'below', 'equals', 'not_equals', 'matches', 'stale'] as const
const TURNS = ['changes', 'changes_by', 'new_items'] as const
export const OPS = [...LEVELS, ...TURNS] as const
export type ConditionOp = (typeof OPS)[number]
export const isTurn = (op: ConditionOp): boolean => TURNS.some((it) => it === op)

/** What one look can tell: without a memory there is no change. */
export const GATES = ['above', 'below', 'equals', 'not_equals', 'matches'] as const satisfies ConditionOp[]
