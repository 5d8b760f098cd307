/**
 * A condition while it is being edited.
 *
 * Promise: everything is kept as it was typed; `reading.ts` says what it means, and what of it cannot be meant.
 */
import type { ConditionSource, ConditionTrigger, Measure } from '#lib/contract/condition-trigger.ts'
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

const minutes = (seconds: number) => String(Number((seconds / 60).toFixed(4)))

export const conditionDraftOf = (it: ConditionTrigger): ConditionDraft => ({
  ...emptyCondition,
  ...sourceDraftOf(it.source),
  op: it.when.op,
  line: it.when.op === 'stale' ? minutes(Number(it.when.value)) : String(it.when.value ?? ''),
  clear: String(it.when.clear ?? ''),
  every: minutes(it.everySeconds),
  lasting: minutes(it.forSeconds),
  cooldown: minutes(it.cooldownSeconds),
  onFirst: it.onFirst,
})

function sourceDraftOf(source: ConditionSource): Partial<ConditionDraft> {
  switch (source.kind) {
    case 'http': {
      const { headers, body = '', ...rest } = source
      return { ...rest, body, headers: headersAsText(headers) }
    }
    case 'page':
      return { ...source, selector: source.selector ?? '' }
    case 'feed':
      return source
    case 'workspace': {
      const { windowSeconds, triggerIds = null, ...rest } = source
      return { ...rest, triggerIds, window: minutes(windowSeconds) }
    }
    case 'mcp':
      return {
        ...source,
        serverId: String(source.serverId),
        arguments: JSON.stringify(source.arguments, null, 2),
      }
  }
}

export type Headers = Extract<ConditionSource, { kind: 'http' }>['headers']
const headersAsText = (headers: Headers) =>
  Object.entries(headers)
    .map(([name, it]) => `${name}: ${typeof it === 'string' ? it : `{{secret:${it.secret}}}`}`)
    .join('\n')

/** What a line is compared as. */
export const takesNumber = ({ op, kind, as }: Pick<ConditionDraft, 'op' | 'kind' | 'as'>): boolean =>
  op === 'above' ||
  op === 'below' ||
  op === 'changes_by' ||
  op === 'stale' ||
  (op !== 'matches' && (kind === 'workspace' || (kind === 'http' && as === 'number')))
export const takesLine = (op: ConditionOp): boolean => op !== 'changes' && op !== 'new_items'
