/** What a condition means that is being edited, and what of it cannot be meant. */
import type { ConditionSourceInput } from '#lib/contract/condition-trigger.ts'
import { isTurn } from '#lib/contract/condition-ops.ts'
import type { ConditionDraft } from './draft.ts'
import { takesLine, takesNumber } from './line.ts'
import type { Headers } from './opening.ts'

const seconds = (text: string) => Math.round(Number(text) * 60)

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
