/**
 * What a schema says when something does not fit, in our words: what is expected, and what was given instead.
 * Texts that were given are not repeated, but where one of a few is asked for: they may be secrets.
 */

/** The parts of a schema's complaint that are told; see `$ZodRawIssue`. */
interface Complaint {
  code?: string | undefined
  input?: unknown
  expected?: string
  origin?: string
  minimum?: number | bigint
  maximum?: number | bigint
  inclusive?: boolean
  values?: unknown[]
  format?: string
  divisor?: number
  keys?: string[]
}

/** To be given to a schema beside what it judges. */
export const inWords = { error: (complaint: Complaint) => SAID[complaint.code ?? '']?.(complaint) }

interface Issue {
  code?: string | undefined
  path: PropertyKey[]
  message: string
  keys?: string[] | undefined
}

/** A body of a million unknown fields must not become an answer of its size. */
const MOST_ISSUES = 20

/** What a schema found, one line for each field, as far as anybody reads: unknown fields one by one. */
export const fieldByField = (issues: readonly Issue[]): { path: PropertyKey[]; message: string }[] =>
  issues
    .slice(0, MOST_ISSUES)
    .flatMap(({ code, path, message, keys }) =>
      code === 'unrecognized_keys' && keys
        ? keys.slice(0, MOST_ISSUES).map((key) => ({ path: [...path, key], message: 'is not a field here' }))
        : [{ path, message }],
    )
    .slice(0, MOST_ISSUES)

const SAID: Record<string, (complaint: Complaint) => string | undefined> = {
  invalid_type: ({ input, expected = '' }) =>
    input === undefined
      ? 'is needed'
      : `expects ${TYPES[expected] ?? expected}${Number.isNaN(input) ? '' : `, not ${nameOf(input)}`}`,
  too_small: ({ origin, minimum = 0, inclusive = true, input }) =>
    isSized(origin)
      ? Number(minimum) === 1
        ? 'must not be empty'
        : `expects at least ${minimum} ${SIZES[origin]}`
      : `must be ${inclusive ? 'at least' : 'more than'} ${minimum}, not ${String(input)}`,
  too_big: ({ origin, maximum = 0, inclusive = true, input }) =>
    isSized(origin)
      ? `expects at most ${maximum} ${SIZES[origin]}`
      : `must be ${inclusive ? 'at most' : 'less than'} ${maximum}, not ${String(input)}`,
  invalid_value: ({ values = [], input }) =>
    `expects ${values.length > 1 ? 'one of ' : ''}${values.slice(0, MOST_ISSUES).map(String).join(', ')}, not ${shown(input)}`,
  invalid_format: ({ format = '' }) => `expects ${FORMATS[format] ?? `the form "${format}"`}`,
  invalid_union: () => 'has none of the forms that are taken here',
  not_multiple_of: ({ divisor, input }) => `must be a multiple of ${divisor}, not ${String(input)}`,
  unrecognized_keys: ({ keys = [] }) => `has what is not a field here: ${keys.slice(0, 20).join(', ')}`,
}

const SIZES: Record<string, string> = {
  string: 'characters',
  array: 'entries',
  set: 'entries',
  object: 'fields',
}
const isSized = (origin: string | undefined): origin is string => origin !== undefined && origin in SIZES

const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'nothing',
}
const FORMATS: Record<string, string> = {
  email: 'an e-mail address',
  url: 'an address such as https://example.com/page',
  datetime: 'an instant such as 2026-11-23T09:00:00Z, with Z or an offset',
  date: 'a day such as 2026-11-23',
  time: 'a time such as 09:30',
  uuid: 'a UUID',
  json_string: 'JSON',
}

function nameOf(input: unknown): string {
  if (typeof input === 'string') return 'a text'
  if (typeof input !== 'object' || input === null) return String(input)
  return Array.isArray(input) ? 'a list' : 'an object'
}

const LONGEST = 40
function shown(input: unknown): string {
  if (input === undefined) return 'nothing'
  if (typeof input !== 'string') return nameOf(input)
  return `"${input.length > LONGEST ? `${input.slice(0, LONGEST)}…` : input}"`
}
