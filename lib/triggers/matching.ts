/**
 * Whether a filter holds, of a call, an event or what a webhook has sent; and which comparison decided it. Pure.
 *
 * Promise: it never throws, and its work is bounded whatever the filter and what it is held against: patterns take
 * linear time, and what would still be too much to search is not decided. What is not decided does not hold, also
 * below a `not`.
 */
import { RE2JS } from 're2js'
import type { Comparison, Filter } from '../contract/filter.ts'
import type { FieldError } from './kind.ts'

/** One comparison as it was made. */
export interface Look {
  path: string
  op: Comparison['op']
  expected: unknown
  /** Undefined where nothing stands at the path. */
  actual: unknown
  pass: boolean
}
export interface Match {
  pass: boolean
  trace: Look[]
  /** Of the trace: those that kept it from holding, each with whether it was to pass. */
  against: { look: Look; wanted: boolean }[]
}

/** Nothing was to be compared. */
export const HOLDS: Match = { pass: true, trace: [], against: [] }

/** Which comparison kept it from holding, with both values, as a sentence. */
export function refusedBy({ against }: Match): string {
  const [first] = against
  if (!first) return UNLIKE
  const { path, expected, actual } = first.look
  return `${path} is ${shown(actual)}, and ${wantedBy(first, shown(expected))}`
}
/** The same without what was there, so that it is the same for all facts that one comparison refuses. */
export function refusal({ against }: Match): string {
  const [first] = against
  return first ? `${first.look.path} ${wantedBy(first, shown(first.look.expected))}` : UNLIKE
}

const UNLIKE = 'It is not as the filter wants it.'
const wantedBy = ({ look, wanted }: Match['against'][number], expected: string) =>
  `should ${wanted ? '' : 'not '}be ${look.op.replaceAll('_', ' ')} ${expected}.`
const shown = (value: unknown) =>
  value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing').slice(0, 200).toWellFormed()

/** A filter looks through so many characters times the size of its pattern; a third of a second at the worst. */
const MOST_WORK = 10_000_000
/** A text is found faster than a pattern: so many of its characters cost as much as one step of a pattern. */
const AS_QUICK = 100
/** Counted repetition makes much of a short pattern. */
const LARGEST_PATTERN = 2000

/** Null: not decided. */
type Truth = boolean | null
interface Judged {
  truth: Truth
  against(wanted: boolean): Match['against']
}
interface State {
  trace: Look[]
  work: number
}

export function match(filter: Filter, subject: unknown): Match {
  const state: State = { trace: [], work: MOST_WORK }
  const { truth, against } = judge(filter, subject, state)
  return { pass: truth === true, trace: state.trace, against: truth === true ? [] : against(true) }
}

function judge(it: Filter, subject: unknown, state: State): Judged {
  const each = (parts: Filter[]) => parts.map((part) => judge(part, subject, state))
  // Without parts `all` holds and `any` does not, as everywhere.
  if ('all' in it) return group(each(it.all), false)
  if ('any' in it) return group(each(it.any), true)
  if ('not' in it) {
    const { truth, against } = judge(it.not, subject, state)
    return { truth: truth === null ? null : !truth, against: (wanted) => against(!wanted) }
  }
  const actual = valueAt(it.path, subject)
  const truth = compare(it, actual, state)
  const look = { path: it.path, op: it.op, expected: it.value, actual, pass: truth === true }
  state.trace.push(look)
  return { truth, against: (wanted) => [{ look, wanted }] }
}

/** `decides`: one part of that truth is enough. */
function group(parts: Judged[], decides: boolean): Judged {
  const has = (truth: Truth) => parts.some((it) => it.truth === truth)
  return {
    truth: has(decides) ? decides : has(null) ? null : !decides,
    against: (wanted) => parts.filter((it) => it.truth !== wanted).flatMap((it) => it.against(wanted)),
  }
}

/** Undefined where there is nothing; what objects have by nature is nothing. */
export function valueAt(path: string, subject: unknown): unknown {
  let at = subject
  for (const key of path.split('.')) {
    const isThere =
      typeof at === 'object' &&
      at !== null &&
      Object.hasOwn(at, key) &&
      (!Array.isArray(at) || /^\d+$/.test(key))
    if (!isThere) return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}

function compare(it: Comparison, actual: unknown, state: State): Truth {
  if (it.op === 'exists') return (actual !== undefined) === it.value
  if (actual === undefined) return false
  switch (it.op) {
    case 'equals':
      return isEqual(actual, it.value)
    case 'not_equals':
      return !isEqual(actual, it.value)
    case 'in':
      return it.value.some((one) => isEqual(actual, one))
    case 'contains':
      return contains(actual, it.value, state)
    case 'starts_with':
      return typeof actual === 'string' && actual.startsWith(it.value)
    case 'ends_with':
      return typeof actual === 'string' && actual.endsWith(it.value)
    case 'matches':
      return matches(actual, it.value, state)
    case 'gt':
      return isOrdered(actual, it.value, (a, b) => a > b)
    case 'gte':
      return isOrdered(actual, it.value, (a, b) => a >= b)
    case 'lt':
      return isOrdered(actual, it.value, (a, b) => a < b)
    case 'lte':
      return isOrdered(actual, it.value, (a, b) => a <= b)
  }
}

/** By type and value; the order of an object's keys says nothing. It goes no deeper than the shallower of the two. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        isEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  )
}

/** Numbers with numbers, texts with texts (instants in ISO 8601 among them). */
const isOrdered = (
  a: unknown,
  b: number | string,
  holds: (a: number | string, b: number | string) => boolean,
) => typeof a === typeof b && holds(a as number | string, b)

function contains(actual: unknown, value: unknown, state: State): Truth {
  if (Array.isArray(actual)) return actual.some((it) => isEqual(it, value))
  if (typeof actual !== 'string' || typeof value !== 'string') return false
  return affords(state, actual, Math.ceil(value.length / AS_QUICK)) ? actual.includes(value) : null
}

function matches(actual: unknown, pattern: string, state: State): Truth {
  if (typeof actual !== 'string') return false
  const compiled = compile(pattern)
  if ('fault' in compiled) return null
  return affords(state, actual, compiled.programSize()) ? compiled.test(actual) : null
}

function affords(state: State, text: string, size: number): boolean {
  state.work -= text.length * size
  return state.work >= 0
}

/** Patterns that were read before: a trigger holds its own against every fact. */
const known = new Map<string, ReturnType<typeof read>>()
const MOST_KNOWN = 500
function compile(pattern: string): ReturnType<typeof read> {
  if (known.size >= MOST_KNOWN && !known.has(pattern)) known.clear()
  return known.getOrInsertComputed(pattern, read)
}

function read(pattern: string): RE2JS | { fault: string } {
  try {
    const compiled = RE2JS.compile(pattern)
    return compiled.programSize() > LARGEST_PATTERN
      ? { fault: 'is a pattern that repeats too much: use * or + in place of large counts' }
      : compiled
  } catch (error) {
    return {
      fault: `is no pattern that is understood here (RE2: no look-around, no back-references): ${(error as Error).message}`,
    }
  }
}

/** What the schema cannot see: patterns that are none, and paths that begin where nothing can stand. */
export function faultsOf(filter: Filter, roots: readonly string[], at: string): FieldError[] {
  if ('all' in filter) return filter.all.flatMap((it, n) => faultsOf(it, roots, `${at}.all.${n}`))
  if ('any' in filter) return filter.any.flatMap((it, n) => faultsOf(it, roots, `${at}.any.${n}`))
  if ('not' in filter) return faultsOf(filter.not, roots, `${at}.not`)
  const faults: FieldError[] = []
  const [root = ''] = filter.path.split('.')
  if (!roots.includes(root))
    faults.push({
      path: `${at}.path`,
      message: `begins with "${root}": here paths begin with ${roots.join(' or ')}`,
    })
  const compiled = filter.op === 'matches' ? compile(filter.value) : null
  if (compiled && 'fault' in compiled) faults.push({ path: `${at}.value`, message: compiled.fault })
  return faults
}
