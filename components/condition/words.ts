/** How a condition stands, in words. Pure. */
import { formatNumber } from '#components/ui/number.ts'
import { relative } from '#components/ui/instants.ts'
import type { ConditionState, ConditionValue, ConditionWord } from '#lib/contract/condition-trigger.ts'

export const STATES: Record<ConditionWord, string> = {
  unknown: 'Not known yet',
  false: 'False',
  pending: 'True',
  true: 'True',
}

/** From here on the product says that it cannot be checked. */
const FAILING = 5

export const isFailing = ({ lastError }: Pick<ConditionState, 'lastError'>): boolean => lastError !== null

const LONGEST = 60
export function valueInWords(value: ConditionValue): string {
  if (value === null) return 'none'
  if (typeof value === 'number') return formatNumber(value, { maximumFractionDigits: 4 })
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return `“${value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value}”`
}

/** “3 h”: how long ago, without the word. */
const ago = (at: string, now: number) => past(at, now).replace('just now', 'a moment').replace(/ ago$/, '')
/** The clock of a page ticks slower than a source can be checked: what was is never still to come. */
const past = (at: string, now: number) => relative(at, Math.max(now, Date.parse(at)))

/** What is known, and what is not: a check that fails says nothing of whether it is true. */
export function stateInWords(it: ConditionState, now: number): string {
  const { lastCheckedAt, lastError } = it
  if (lastCheckedAt === null)
    return it.reset ? 'What it watches is another now: not checked yet.' : 'Not checked yet.'
  const checked = past(lastCheckedAt, now)
  return lastError === null ? standing(it, now, checked) : failing(it, lastError, checked)
}

function standing(it: ConditionState, now: number, checked: string): string {
  const since = it.state === 'pending' ? it.pendingSince : it.since
  const held = since === null ? '' : ` for ${ago(since, now)}`
  const short = it.state === 'pending' ? ', which is not long enough yet' : ''
  return `${STATES[it.state]}${held}${short}; last checked ${checked}; value ${valueInWords(it.lastValue)}.`
}

function failing({ state, errorsInARow }: ConditionState, error: string, checked: string): string {
  const times = errorsInARow === 1 ? 'The last check' : `The last ${errorsInARow} checks`
  const before = state === 'unknown' ? '' : ` Before that it was ${state === 'false' ? 'false' : 'true'}.`
  const mute = errorsInARow >= FAILING ? ' It does not fire until this is fixed.' : ''
  return `${times} failed (${checked}): ${error}${before}${mute}`
}
