/**
 * Whether a run may begin: the condition that stands before it, looked at once.
 *
 * Promise: only a look that has told something keeps a run from beginning.
 */
import type { OnlyIf } from '../contract/condition-trigger.ts'
import { judge, type Reading, shown } from './judging.ts'
import type { Look } from './state.ts'

export type Gate = { open: true; note: string | null } | { open: false; reason: string }

const NOTHING_BEFORE = { print: null, base: null, quietMs: 0, seen: null }

export function gateOf({ source: _, ...when }: OnlyIf, look: Look): Gate {
  if (look.kind === 'failed') return noted(look.error)
  const { value } = look.reading
  const judged = judge(when, look.reading, '', NOTHING_BEFORE)
  if ('no' in judged) return noted(`The value ${judged.no}.`)
  return judged.holds ? { open: true, note: null } : { open: false, reason: refusal(when, value) }
}

const noted = (why: string): Gate => ({
  open: true,
  note: `Whether it should run could not be looked at, so it does: ${why}`,
})

const refusal = ({ op, value: line }: Omit<OnlyIf, 'source'>, value: Reading['value']) =>
  `It runs only if the value ${SAYS[op]} ${shown(line)}; it is ${shown(value)}.`
const SAYS: Record<OnlyIf['op'], string> = {
  above: 'is above',
  below: 'is below',
  equals: 'is',
  not_equals: 'is not',
  matches: 'matches',
}
