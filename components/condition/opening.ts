/** A condition as it is opened to be edited. */
import type { ConditionSource, ConditionTrigger } from '#lib/contract/condition-trigger.ts'
import { type ConditionDraft, emptyCondition } from './draft.ts'

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

export function sourceDraftOf(source: ConditionSource): Partial<ConditionDraft> {
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
