/**
 * Whether what was read is beyond the line. Pure.
 *
 * Promise: a value that cannot be compared is said to be none, never "not true".
 */
import { match } from '../triggers/matching.ts'
import type { ConditionWhen } from '../contract/condition-trigger.ts'

/** What a look has read: the value, and of a feed its items. */
export interface Reading {
  value: number | string | boolean
  /** Of a feed: the ids of what is in it, the newest first, and what they are. */
  ids?: readonly string[]
  items?: readonly Item[]
  /** Where the value is only what was kept of it: by which the whole is known again. */
  print?: string
}
export interface Item {
  title: string | null
  link: string | null
  published: string | null
}

/** `no`: there is no such comparison, in words. */
export type Judged = { holds: boolean; cleared: boolean } | { no: string }

/** What is compared with, beside the line itself. */
export interface Before {
  /** By which the value of the look before is known again; null: there was none. */
  print: string | null
  /** The value at the last crossing, else at the first look. */
  base: number | null
  /** For how long, of what was looked at, the value has been the same. */
  quietMs: number
  /** Ids that were seen in a feed. */
  seen: readonly string[] | null
}

const level = (holds: boolean): Judged => ({ holds, cleared: !holds })

export function judge(when: ConditionWhen, reading: Reading, print: string, before: Before): Judged {
  const { op, value: line } = when
  switch (op) {
    case 'above':
    case 'below':
      return beyond(when, reading.value)
    case 'equals':
      return level(reading.value === line)
    case 'not_equals':
      return level(reading.value !== line)
    case 'matches':
      return matches(reading.value, String(line))
    case 'changes':
      return level(before.print !== null && before.print !== print)
    case 'changes_by': {
      const now = numberIn(reading.value)
      if (now === null) return { no: notANumber(reading.value) }
      return level(before.base !== null && Math.abs(now - before.base) >= Number(line))
    }
    case 'new_items':
      return level(newIn(reading, before).length > 0)
    case 'stale':
      return level(before.print === print && before.quietMs >= Number(line) * 1000)
  }
}

/** Ids that were not there before; none at the first look. */
export const newIn = ({ ids = [] }: Reading, { seen }: Pick<Before, 'seen'>): string[] =>
  seen === null ? [] : ids.filter((it) => !seen.includes(it))

function beyond({ op, value: line, clear }: ConditionWhen, value: Reading['value']): Judged {
  const now = numberIn(value)
  if (now === null) return { no: notANumber(value) }
  const back = clear ?? Number(line)
  return op === 'above'
    ? { holds: now > Number(line), cleared: now <= back }
    : { holds: now < Number(line), cleared: now >= back }
}

function matches(value: Reading['value'], pattern: string): Judged {
  if (typeof value !== 'string') return { no: `is ${value}, which is no text that a pattern could match` }
  return level(match({ path: 'value', op: 'matches', value: pattern }, { value }).pass)
}

/** A text that is a number and nothing else counts as one: pages have no others. */
export function numberIn(value: Reading['value']): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string' || !/^\s*[-+]?\d+(\.\d+)?(e[-+]?\d+)?\s*$/i.test(value)) return null
  return Number(value)
}

const notANumber = (value: Reading['value']) => `is ${shown(value)}, which is no number`
const LONGEST_SHOWN = 80
export const shown = (value: Reading['value']): string =>
  typeof value === 'string'
    ? `“${value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value}”`
    : String(value)
