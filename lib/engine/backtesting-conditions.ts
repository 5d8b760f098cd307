/**
 * What a condition would have done with the looks that were recorded. Pure; nothing is written.
 *
 * Promise: each look is judged by `looked`, and what fires by `decide`, as live.
 */
import type { RecordedLook } from '#db/queries/conditions.ts'
import { lookIn } from '../conditions/recorded.ts'
import { looked, UNKNOWN } from '../conditions/state.ts'
import { ConditionTrigger } from '../contract/condition-trigger.ts'
import type { TriggerConfig } from '#db/queries/triggers.ts'
import { type Backtest, type Backtested, backtest, STANDING } from './backtesting.ts'
import { crossing } from './crossing.ts'
import { USUAL_DEPTH } from './occurring.ts'

export interface TrialOfLooks extends Pick<Backtest, 'callOff' | 'isFull' | 'occurrences'> {
  see(look: RecordedLook): void
  /** How the looks would have been judged, by the verdicts of evaluations. */
  readonly evaluations: Record<string, number>
  /** Looks of which too little was kept to judge them. */
  readonly untold: number
}

/** `watchedEvery`: how often it was looked at, where that is known. */
export function tryOnLooks(
  row: TriggerConfig & { createdAt: number; workspaceId: number },
  of: Pick<Backtested, 'bufferLimit' | 'lastsMs' | 'most'> & { watchedEvery: number },
): TrialOfLooks {
  const config = ConditionTrigger.parse(JSON.parse(row.config))
  const trial = backtest({ ...of, trigger: { ...row, ...STANDING }, maxDepth: USUAL_DEPTH })
  const { apartMs, rule } = pacedBy(config, of.watchedEvery)
  const evaluations: Record<string, number> = {}
  let [watch, lastMs, untold] = [UNKNOWN, Number.NEGATIVE_INFINITY, 0]
  return {
    callOff: trial.callOff,
    see(recorded) {
      if (trial.isFull || trial.isOff(new Date(recorded.at)) || recorded.at - lastMs < apartMs) return
      lastMs = recorded.at
      const look = lookIn(recorded, config.when.op)
      if (!look) return void untold++
      const [before, now] = [watch, new Date(recorded.at)]
      const it = { trigger: row, config, before, look, now, ...looked(before, look, rule, recorded.at) }
      watch = it.watch
      evaluations[it.verdict] = (evaluations[it.verdict] ?? 0) + 1
      if (it.verdict === 'fired') trial.add(crossing(it), now)
    },
    get isFull() {
      return trial.isFull
    },
    get occurrences() {
      return trial.occurrences
    },
    evaluations,
    get untold() {
      return untold
    },
  }
}

/** Where it was looked at more often than it would look, only so many count; where less often, all do. */
function pacedBy(config: ConditionTrigger, watchedEvery: number) {
  const isRarer = config.everySeconds > watchedEvery
  return {
    apartMs: isRarer ? config.everySeconds * 500 + 1 : 0,
    rule: isRarer ? config : { ...config, everySeconds: watchedEvery },
  }
}
