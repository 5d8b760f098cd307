/** Fires when what it watches crosses a line: no run, and no token, until then. */
import {
  ConditionTrigger,
  type ConditionSource,
  type ConditionWhen,
  type Measure,
} from '../contract/condition-trigger.ts'
import { type FieldError, factKind } from './kind.ts'
import { faultsOf, HOLDS } from './matching.ts'

export const CONDITION = 'condition'

export const condition = factKind({
  kind: CONDITION,
  own: true,
  config: ConditionTrigger,
  judge: ({ everySeconds, when }, { minimumIntervalSeconds }) => [
    ...(everySeconds >= minimumIntervalSeconds
      ? []
      : [
          {
            path: 'condition.everySeconds',
            message: `is ${everySeconds}, less than the minimum interval of ${minimumIntervalSeconds} seconds that is set for this installation`,
          },
        ]),
    ...faultsOfPattern(when, 'condition.when.value'),
  ],
  describe: ({ source, when, forSeconds }) =>
    `When ${sourceInWords(source)} ${lineInWords(when)}${forSeconds > 0 ? ` for ${spanInWords(forSeconds)}` : ''}`,
  accepts: () => HOLDS,
})

/** What only the engine of patterns can see. */
export const faultsOfPattern = ({ op, value }: ConditionWhen, at: string): FieldError[] =>
  op === 'matches' && typeof value === 'string'
    ? faultsOf({ path: 'value', op, value }, ['value'], 'it').map(({ message }) => ({ path: at, message }))
    : []

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

function lineInWords({ op, value }: ConditionWhen): string {
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
function spanInWords(seconds: number): string {
  const [size, one] = UNITS.find(([size]) => seconds % size === 0) ?? [1, 'second']
  const n = seconds / size
  return `${n} ${one}${n === 1 ? '' : 's'}`
}
