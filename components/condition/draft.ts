/**
 * A condition while it is being edited.
 *
 * Promise: everything is kept as it was typed; `conditionOf` says what it means, and what of it cannot be meant.
 */
import type {
  ConditionSource,
  ConditionSourceInput,
  ConditionTrigger,
  Measure,
} from '#lib/contract/condition-trigger.ts'
import { type ConditionOp, isTurn } from '#lib/contract/condition-ops.ts'

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
const seconds = (text: string) => Math.round(Number(text) * 60)

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

type Headers = Extract<ConditionSource, { kind: 'http' }>['headers']
const headersAsText = (headers: Headers) =>
  Object.entries(headers)
    .map(([name, it]) => `${name}: ${typeof it === 'string' ? it : `{{secret:${it.secret}}}`}`)
    .join('\n')

const SECRET = /^\{\{secret:([^}]+)\}\}$/
function headersOf(text: string, errors: Record<string, string>): Headers {
  const headers: Headers = {}
  for (const line of text.split('\n').filter((it) => it.trim() !== '')) {
    const at = line.indexOf(':')
    if (at < 1) errors['source.headers'] = `“${line}” is no header. Write a name, a colon and the value.`
    const value = line.slice(at + 1).trim()
    const [, secret] = SECRET.exec(value) ?? []
    headers[line.slice(0, at).trim()] = secret === undefined ? value : { secret }
  }
  return headers
}

/** A field is named by where it stands in the condition. */
export function sourceOf(draft: ConditionDraft, errors: Record<string, string>): ConditionSourceInput {
  const { kind, url, path } = draft
  switch (kind) {
    case 'http': {
      const { method, as, headers, body } = draft
      const sent = method === 'POST' && body !== '' ? { body } : {}
      return { kind, url: url.trim(), method, headers: headersOf(headers, errors), ...sent, path, as }
    }
    case 'page': {
      const selector = draft.selector.trim()
      return { kind, url: url.trim(), ...(selector !== '' && { selector }) }
    }
    case 'feed':
      return { kind, url: url.trim() }
    case 'workspace':
      return {
        ...{ kind, measure: draft.measure, windowSeconds: seconds(draft.window) },
        ...(draft.triggerIds && { triggerIds: draft.triggerIds }),
      }
    case 'mcp':
      return {
        ...{ kind, path, tool: draft.tool.trim(), serverId: Number(draft.serverId) },
        arguments: argumentsOf(draft.arguments, errors),
      }
  }
}

function argumentsOf(text: string, errors: Record<string, string>): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text.trim() === '' ? '{}' : text)
    if (typeof found === 'object' && found !== null && !Array.isArray(found))
      return found as Record<string, unknown>
  } catch {
    // Said below, as for a list.
  }
  errors['source.arguments'] = 'Write a JSON object, such as {"q": "x"}.'
  return {}
}

/** What a line is compared as. */
export const takesNumber = ({ op, kind, as }: Pick<ConditionDraft, 'op' | 'kind' | 'as'>): boolean =>
  op === 'above' ||
  op === 'below' ||
  op === 'changes_by' ||
  op === 'stale' ||
  (op !== 'matches' && (kind === 'workspace' || (kind === 'http' && as === 'number')))
export const takesLine = (op: ConditionOp): boolean => op !== 'changes' && op !== 'new_items'

export function whenOf(draft: ConditionDraft, errors: Record<string, string>) {
  const { op, line, clear } = draft
  const isLevel = op === 'above' || op === 'below'
  return {
    op,
    ...(takesLine(op) && { value: lineOf(draft, errors) }),
    ...(isLevel && clear.trim() !== '' && { clear: numberIn(clear, 'when.clear', errors) }),
    ...(op === 'stale' && { value: seconds(line) }),
  }
}

function lineOf(draft: ConditionDraft, errors: Record<string, string>): number | string | boolean {
  if (takesNumber(draft)) return numberIn(draft.line, 'when.value', errors)
  if (draft.kind === 'http' && draft.as === 'boolean') return draft.line.trim() === 'true'
  return draft.line
}

function numberIn(text: string, at: string, errors: Record<string, string>): number {
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number)) return number
  errors[at] = 'Write a number.'
  return 0
}

/** What is sent, and what of it is no number or no JSON; the rest the server judges. */
export function conditionOf(draft: ConditionDraft) {
  const errors: Record<string, string> = {}
  const spans = { everySeconds: draft.every, forSeconds: draft.lasting, cooldownSeconds: draft.cooldown }
  for (const [at, text] of Object.entries(spans)) numberIn(text, at, errors)
  const condition = {
    source: sourceOf(draft, errors),
    when: whenOf(draft, errors),
    everySeconds: seconds(draft.every),
    forSeconds: isTurn(draft.op) ? 0 : seconds(draft.lasting),
    cooldownSeconds: seconds(draft.cooldown),
    onFirst: draft.onFirst,
  }
  return { condition, errors }
}
