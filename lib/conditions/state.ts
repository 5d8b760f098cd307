/**
 * What becomes of a condition by one look at it. Pure.
 *
 * Promise: it fires when the line is crossed, once, and again only after it has been seen on the other side. Time
 * counts towards `forSeconds` only where it was looked at: what lies between two looks too far apart does not, whether
 * a server was away or a clock has jumped. A look that fails changes nothing of what is known.
 */
import { createHash } from 'node:crypto'
import type { ConditionTrigger, ConditionValue, ConditionWord } from '../contract/condition-trigger.ts'
import { isTurn } from '../contract/condition-ops.ts'
import type { Look as Compared } from '../triggers/matching.ts'
import { type Before, type Judged, judge, numberIn, type Reading } from './judging.ts'

/** What is known of a condition, as a row keeps it. Instants are milliseconds. */
export interface Watch {
  state: ConditionWord
  since: number | null
  pendingSince: number | null
  /** How much of the time since then was looked at. */
  heldMs: number
  lastValue: ConditionValue
  lastCheckedAt: number | null
  /** The last look that told something. */
  seenAt: number | null
  lastError: string | null
  errorsInARow: number
  crossings: number
  firedAt: number | null
  memory: Before
}

export const UNKNOWN: Watch = {
  state: 'unknown',
  since: null,
  pendingSince: null,
  heldMs: 0,
  lastValue: null,
  lastCheckedAt: null,
  seenAt: null,
  lastError: null,
  errorsInARow: 0,
  crossings: 0,
  firedAt: null,
  memory: { print: null, base: null, quietMs: 0, seen: null },
}

export type Look = { kind: 'read'; reading: Reading } | { kind: 'failed'; error: string }
export type LookVerdict = 'fired' | 'pending' | 'not_true' | 'filtered' | 'cooldown' | 'error'
type Rule = Pick<ConditionTrigger, 'everySeconds' | 'when' | 'forSeconds' | 'cooldownSeconds' | 'onFirst'>

export interface Looked {
  watch: Watch
  verdict: LookVerdict
  reason: string
  trace: Compared[]
}

/** So many looks that fail in a row are told. */
export const FAILING_AFTER = 5
/** Looks may come a little late, and one may have failed. */
const GAPS = 2
const LATE_SECONDS = 30
const LONGEST_VALUE = 500
const MOST_SEEN = 1000

export function looked(watch: Watch, look: Look, rule: Rule, now: number): Looked {
  if (look.kind === 'failed') return failed(watch, look.error, now)
  const { reading } = look
  const print = reading.print ?? printOf(reading)
  const passedMs = checkedMs(watch.seenAt, now, rule.everySeconds)
  const before = {
    ...watch.memory,
    quietMs: watch.memory.print === print ? watch.memory.quietMs + passedMs : 0,
  }
  const judged = judge(rule.when, reading, print, before)
  if ('no' in judged) return failed(watch, `The value ${judged.no}.`, now)
  const next = moved(watch, judged, rule, { now, passedMs })
  const crossed = next.verdict === 'fired' || next.verdict === 'cooldown'
  const value = keptValue(reading.value)
  return {
    verdict: next.verdict,
    reason: next.reason,
    watch: {
      ...next.watch,
      since: next.watch.state === watch.state ? watch.since : now,
      lastValue: value,
      lastCheckedAt: now,
      seenAt: now,
      lastError: null,
      errorsInARow: 0,
      crossings: watch.crossings + (crossed ? 1 : 0),
      firedAt: next.verdict === 'fired' ? now : watch.firedAt,
      memory: remembered(before, reading, print, crossed),
    },
    trace: [
      {
        path: 'value',
        op: rule.when.op as Compared['op'],
        expected: rule.when.value ?? null,
        actual: value,
        pass: judged.holds,
      },
    ],
  }
}

function failed(watch: Watch, error: string, now: number): Looked {
  const next = { ...watch, lastCheckedAt: now, lastError: error, errorsInARow: watch.errorsInARow + 1 }
  return { watch: next, verdict: 'error', reason: error, trace: [] }
}

/** How much of the time since the last look counts as looked at. */
function checkedMs(seenAt: number | null, now: number, everySeconds: number): number {
  if (seenAt === null) return 0
  const gapMs = now - seenAt
  const mostMs = Math.max(GAPS * everySeconds, everySeconds + LATE_SECONDS) * 1000
  return gapMs > 0 && gapMs <= mostMs ? gapMs : 0
}

interface Moved {
  watch: Watch
  verdict: LookVerdict
  reason: string
}
interface Moment {
  now: number
  passedMs: number
}
type Truth = Exclude<Judged, { no: string }>

function moved(watch: Watch, { holds, cleared }: Truth, rule: Rule, moment: Moment): Moved {
  const { state } = watch
  const isFirst = state === 'unknown'
  const off = { ...watch, state: 'false', pendingSince: null, heldMs: 0 } as const
  if (isTurn(rule.when.op)) {
    if (holds) return crossed(watch, rule, moment)
    return { watch: off, verdict: 'not_true', reason: isFirst ? BEGINS : NOT_TRUE }
  }
  if (state === 'true')
    return cleared
      ? { watch: off, verdict: 'not_true', reason: 'It is over: the next time it holds, it fires again.' }
      : { watch, verdict: 'filtered', reason: STILL }
  if (!holds) return { watch: off, verdict: 'not_true', reason: NOT_TRUE }
  if (isFirst && rule.onFirst === 'arm')
    return {
      watch: { ...watch, state: 'true', pendingSince: null, heldMs: 0 },
      verdict: 'filtered',
      reason: 'It held at the first check already: it fires once it has been false.',
    }
  return held(watch, rule, moment)
}

const BEGINS = 'The first check: what is there now is where it begins.'
const NOT_TRUE = 'It does not hold.'
const STILL = 'It still holds: it fires again once it has been false.'

/** It holds; whether for long enough. */
function held(watch: Watch, rule: Rule, moment: Moment): Moved {
  const isPending = watch.state === 'pending'
  const heldMs = isPending ? watch.heldMs + moment.passedMs : 0
  if (heldMs >= rule.forSeconds * 1000) return crossed(watch, rule, moment)
  return {
    watch: {
      ...watch,
      state: 'pending',
      pendingSince: isPending ? watch.pendingSince : moment.now,
      heldMs,
    },
    verdict: 'pending',
    reason: `It must hold for ${rule.forSeconds} s that were checked before it fires.`,
  }
}

function crossed(watch: Watch, { cooldownSeconds, forSeconds }: Rule, { now }: Moment): Moved {
  const next = { ...watch, state: 'true', pendingSince: null, heldMs: 0 } as const
  // A clock that went back tells nothing of when it fired last.
  const agoMs = watch.firedAt === null ? -1 : now - watch.firedAt
  if (agoMs >= 0 && agoMs < cooldownSeconds * 1000) {
    const until = new Date((watch.firedAt ?? now) + cooldownSeconds * 1000).toISOString()
    return {
      watch: next,
      verdict: 'cooldown',
      reason: `It fired ${Math.round(agoMs / 1000)} s before, and rests until ${until}.`,
    }
  }
  const reason = forSeconds > 0 ? `It has held for ${forSeconds} s.` : 'It holds now, and did not before.'
  return { watch: next, verdict: 'fired', reason }
}

/** By which a value is known again, however long it is. */
export const printOf = ({ value, ids }: Reading): string =>
  createHash('sha256')
    .update(JSON.stringify(ids ?? value))
    .digest('base64url')
    .slice(0, 22)

/** A text only so far. */
export const keptValue = (value: Reading['value']): ConditionValue =>
  typeof value === 'string' ? value.slice(0, LONGEST_VALUE).toWellFormed() : value

function remembered(before: Before, { value, ids }: Reading, print: string, crossed: boolean): Before {
  const { seen, base, quietMs } = before
  const now = numberIn(value)
  return {
    print,
    quietMs,
    base: base === null || crossed ? now : base,
    seen: ids ? [...ids, ...(seen ?? []).filter((it) => !ids.includes(it))].slice(0, MOST_SEEN) : null,
  }
}
