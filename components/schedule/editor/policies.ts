/**
 * The policies of a schedule as the form holds them: as text.
 *
 * Names, limits and explanations are the contract's; they come as facts
 * that the server draws from it, so that no browser needs its schemas.
 */
import type { Trigger } from '#lib/contract/trigger.ts'
import { instantOf, wallOf } from '../wall-clock.ts'

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
type PolicyValue = string | number | null

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

const HOUR_SECONDS = 3600

function textOf(kind: PolicyKind, value: PolicyValue, zone: string): string {
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

export type PolicyReading = { values: Record<string, PolicyValue>; errors: Record<string, string> }

export function readPolicies(policies: PolicyTexts, facts: PolicyFacts, zone: string): PolicyReading {
  const values: Record<string, PolicyValue> = {}
  const errors: Record<string, string> = {}
  for (const { name, kind } of POLICIES) {
    const reading = readPolicy(kind, policies[name].trim(), facts[name], zone)
    if ('error' in reading) errors[name] = reading.error
    else values[name] = reading.value
  }
  return { values, errors }
}

function readPolicy(
  kind: PolicyKind,
  text: string,
  { fallback, least = -Infinity, most = Infinity }: PolicyFact,
  zone: string,
): { value: PolicyValue } | { error: string } {
  if (text === '') {
    // What has no usual value may be left open.
    if (fallback === null) return { value: null }
    return { error: `Write a value; ${textOf(kind, fallback, zone)} is usual.` }
  }
  if (kind === 'choice') return { value: text }
  if (kind === 'instant') {
    const instant = instantOf(text, zone)
    return instant ? { value: instant } : { error: 'Write a date and a time.' }
  }
  const value = Number(text) * (kind === 'hours' ? HOUR_SECONDS : 1)
  if (value >= least && value <= most) return { value: kind === 'hours' ? Math.round(value) : value }
  return { error: `Write a number from ${textOf(kind, least, zone)} to ${textOf(kind, most, zone)}.` }
}

/** How many differ from what is usual: said beside the closed section. */
export const unusual = (policies: PolicyTexts, facts: PolicyFacts) => {
  const usual = usualPolicies(facts)
  return POLICIES.filter(({ name }) => policies[name].trim() !== usual[name]).length
}

export interface Choice {
  value: string
  label: string
  hint: string
}
export const CHOICES: Record<'overlap' | 'misfire' | 'post', readonly Choice[]> = {
  overlap: [
    { value: 'skip', label: 'Skip', hint: 'The new run does not take place; the history says why.' },
    {
      value: 'buffer_one',
      label: 'Queue one',
      hint: 'One run waits for the end of the last; further ones are skipped.',
    },
    { value: 'buffer_all', label: 'Queue all', hint: 'Every run waits its turn, up to a limit.' },
    {
      value: 'cancel_other',
      label: 'Cancel the running one',
      hint: 'The new run takes the place of the one that still goes on.',
    },
    { value: 'allow_all', label: 'Run side by side', hint: 'Runs do not look at each other.' },
  ],
  misfire: [
    {
      value: 'latest',
      label: 'Run the newest once',
      hint: 'One run makes up for everything that was missed.',
    },
    { value: 'skip', label: 'Leave them out', hint: 'The next run is the next planned one.' },
    {
      value: 'all',
      label: 'Run all of them',
      hint: 'Each missed run takes place, oldest first, up to a limit.',
    },
  ],
  post: [
    { value: 'always', label: 'Always', hint: 'Every result appears in the chat.' },
    { value: 'on_change', label: 'When the result changes', hint: 'A result like the last one stays quiet.' },
    { value: 'on_failure', label: 'When it fails', hint: 'Good results stay in the history only.' },
    {
      value: 'when_notable',
      label: 'When the agent has something to say',
      hint: 'The agent decides whether a result is worth it.',
    },
  ],
}

export const choiceLabel = (name: keyof typeof CHOICES, value: string) =>
  CHOICES[name].find((it) => it.value === value)?.label ?? value
