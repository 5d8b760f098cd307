/** What a condition watches, and its line, in words: for the page as for what the engine says. Pure. */
import type { ConditionSource, ConditionWhen, Measure } from './condition-trigger.ts'

const MEASURES: Record<Measure, string> = {
  executions: 'the number of runs',
  failures: 'the number of failures',
  success_rate: 'the success rate in percent',
  messages: 'the number of messages',
  documents: 'the number of new and changed documents',
  cost: 'the cost in dollars',
  tokens: 'the number of tokens',
}

const hostOf = (url: string) => URL.parse(url)?.host ?? url

export function sourceInWords(source: ConditionSource): string {
  switch (source.kind) {
    case 'http':
      return `${source.path === '' ? 'the answer' : source.path} of ${hostOf(source.url)}`
    case 'page':
      return source.selector
        ? `${source.selector} on ${hostOf(source.url)}`
        : `the page at ${hostOf(source.url)}`
    case 'feed':
      return `the feed of ${hostOf(source.url)}`
    case 'workspace':
      return `${MEASURES[source.measure]} in ${spanInWords(source.windowSeconds)}`
    case 'mcp':
      return `${source.path === '' ? 'the answer' : source.path} of the tool ${source.tool}`
  }
}

export function lineInWords({ op, value }: Pick<ConditionWhen, 'op' | 'value'>): string {
  switch (op) {
    case 'above':
    case 'below':
      return `is ${op} ${value}`
    case 'equals':
      return `is ${JSON.stringify(value)}`
    case 'not_equals':
      return `is not ${JSON.stringify(value)}`
    case 'matches':
      return `matches ${value}`
    case 'changes':
      return 'changes'
    case 'changes_by':
      return `changes by ${value}`
    case 'new_items':
      return 'has something new'
    case 'stale':
      return `has not changed for ${spanInWords(Number(value))}`
  }
}

const UNITS: [seconds: number, one: string][] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
]
export function spanInWords(seconds: number): string {
  const [size, one] = UNITS.find(([size]) => seconds % size === 0) ?? [1, 'second']
  const n = seconds / size
  return `${n} ${one}${n === 1 ? '' : 's'}`
}
