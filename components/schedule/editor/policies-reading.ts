/** What the policies mean that were typed, or what is in the way. */
import { instantOf } from '../wall-clock.ts'
import {
  HOUR_SECONDS,
  POLICIES,
  type PolicyFact,
  type PolicyFacts,
  type PolicyKind,
  type PolicyTexts,
  type PolicyValue,
  textOf,
} from './policies.ts'

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
