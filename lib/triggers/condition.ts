/** Fires when what it watches crosses a line: no run, and no token, until then. */
import { ConditionTrigger, type ConditionWhen } from '../contract/condition-trigger.ts'
import { lineInWords, sourceInWords, spanInWords } from '../contract/condition-words.ts'
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
