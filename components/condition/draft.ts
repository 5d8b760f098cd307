/**
 * A condition while it is being edited.
 *
 * Promise: everything is kept as it was typed; `reading.ts` says what it means, and what of it cannot be meant.
 */
import type { ConditionSource, Measure } from '#lib/contract/condition-trigger.ts'
import type { ConditionOp } from '#lib/contract/condition-ops.ts'

export interface ConditionDraft {
  kind: ConditionSource['kind']
  url: string
  method: 'GET' | 'POST'
  /** A line each: `name: value`, or `name: {{secret:NAME}}`. */
  headers: string
  body: string
  path: string
  as: 'number' | 'text' | 'boolean'
  selector: string
  measure: Measure
  /** In minutes, as are all spans below. */
  window: string
  /** Null: of every trigger. */
  triggerIds: number[] | null
  serverId: string
  tool: string
  /** JSON. */
  arguments: string
  op: ConditionOp
  line: string
  clear: string
  every: string
  lasting: string
  cooldown: string
  onFirst: 'arm' | 'fire'
}

export const emptyCondition: ConditionDraft = {
  kind: 'http',
  url: '',
  method: 'GET',
  headers: '',
  body: '',
  path: '',
  as: 'number',
  selector: '',
  measure: 'failures',
  window: '60',
  triggerIds: null,
  serverId: '',
  tool: '',
  arguments: '{}',
  op: 'above',
  line: '',
  clear: '',
  every: '5',
  lasting: '0',
  cooldown: '0',
  onFirst: 'arm',
}
