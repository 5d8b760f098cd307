/**
 * The policies of a schedule as the form holds them: as text.
 *
 * Names, limits and explanations are the contract's; they come as facts
 * that the server draws from it, so that no browser needs its schemas.
 */
import type { Trigger } from '#lib/contract/trigger.ts'
import { wallOf } from '../wall-clock.ts'

export type PolicyName =
  | 'misfire'
  | 'maxCatchup'
  | 'catchupWindow'
  | 'overlap'
  | 'bufferLimit'
  | 'timeoutSeconds'
  | 'retries'
  | 'jitterSeconds'
  | 'startsAt'
  | 'endsAt'
  | 'maxExecutions'
  | 'priority'
  | 'post'
  | 'disableAfterFailures'
  | 'disableBelowSuccessRate'

export interface PolicyFact {
  explanation: string
  fallback: string | number | null
  least?: number | undefined
  most?: number | undefined
}
export type PolicyFacts = Record<PolicyName, PolicyFact>
export type PolicyTexts = Record<PolicyName, string>
export type PolicyValue = string | number | null

/** `hours`: kept in seconds, shown in hours. */
export type PolicyKind = 'choice' | 'number' | 'hours' | 'instant'
export interface Policy {
  name: PolicyName
  label: string
  kind: PolicyKind
  unit?: string
  /** Asked only where another one is so. */
  onlyWith?: [PolicyName, string]
}
export const POLICIES: readonly Policy[] = [
  { name: 'overlap', label: 'If the last run still goes on', kind: 'choice' },
  {
    name: 'bufferLimit',
    label: 'Most runs that may wait',
    kind: 'number',
    unit: 'runs',
    onlyWith: ['overlap', 'buffer_all'],
  },
  { name: 'misfire', label: 'Missed runs', kind: 'choice' },
  {
    name: 'maxCatchup',
    label: 'Most runs to catch up',
    kind: 'number',
    unit: 'runs',
    onlyWith: ['misfire', 'all'],
  },
  { name: 'catchupWindow', label: 'Catch-up window', kind: 'hours', unit: 'hours' },
  { name: 'timeoutSeconds', label: 'Timeout', kind: 'number', unit: 'seconds' },
  { name: 'retries', label: 'Retries', kind: 'number', unit: 'times' },
  { name: 'jitterSeconds', label: 'Jitter', kind: 'number', unit: 'seconds' },
  { name: 'priority', label: 'Priority', kind: 'number' },
  { name: 'post', label: 'Post to the chat', kind: 'choice' },
  { name: 'startsAt', label: 'Starts', kind: 'instant' },
  { name: 'endsAt', label: 'Ends', kind: 'instant' },
  { name: 'maxExecutions', label: 'Most runs in all', kind: 'number', unit: 'runs' },
  { name: 'disableAfterFailures', label: 'Switch off after', kind: 'number', unit: 'failures in a row' },
  { name: 'disableBelowSuccessRate', label: 'Switch off below', kind: 'number', unit: '% success' },
]

export const HOUR_SECONDS = 3600

export function textOf(kind: PolicyKind, value: PolicyValue, zone: string): string {
  if (value === null) return ''
  if (kind === 'hours') return String(Number((Number(value) / HOUR_SECONDS).toFixed(4)))
  return kind === 'instant' ? wallOf(String(value), zone) : String(value)
}

const texts = (value: (name: PolicyName) => PolicyValue, zone: string) =>
  Object.fromEntries(POLICIES.map(({ name, kind }) => [name, textOf(kind, value(name), zone)])) as PolicyTexts

export const usualPolicies = (facts: PolicyFacts): PolicyTexts => texts((name) => facts[name].fallback, 'UTC')
/** What is as usual for one kind is as usual for the next. */
export function inStep(policies: PolicyTexts, before: PolicyFacts, after: PolicyFacts): PolicyTexts {
  const [was, is] = [usualPolicies(before), usualPolicies(after)]
  const moved = POLICIES.map(({ name }) => [name, policies[name] === was[name] ? is[name] : policies[name]])
  return Object.fromEntries(moved) as PolicyTexts
}
export const policiesOf = (trigger: Trigger, zone: string): PolicyTexts =>
  texts((name) => trigger[name], zone)

/** How many differ from what is usual: said beside the closed section. */
export const unusual = (policies: PolicyTexts, facts: PolicyFacts) => {
  const usual = usualPolicies(facts)
  return POLICIES.filter(({ name }) => policies[name].trim() !== usual[name]).length
}
