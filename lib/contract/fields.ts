/**
 * Shapes that several resources share. Everything in
 * `lib/contract` runs in the browser as well as on the server.
 */
import { z } from 'zod'
import { ambiguity } from './json-text.ts'
import { canonicalZone, isZone } from './zone.ts'

/** One reading of an id only: `01`, `1e0` and ` 1` are not ids. */
export const Id = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'expects a whole number such as 42')
  .transform(Number)

/** An instant as ISO 8601 in UTC, as it leaves the server. */
export const Instant = z.string().meta({ format: 'date-time', example: '2026-11-23T09:00:00.000Z' })

const EARLIEST = Date.UTC(1970, 0, 1)
const LATEST = Date.UTC(2200, 0, 1)

/** An instant as it comes in: an offset or Z is required, so that nobody's local time is guessed. */
export const InstantIn = z.iso
  .datetime({ offset: true, error: 'expects an instant such as 2026-11-23T09:00:00Z, with Z or an offset' })
  .refine(
    (it) => Date.parse(it) >= EARLIEST && Date.parse(it) < LATEST,
    'expects an instant between 1970 and 2199',
  )

/**
 * Free text that a person reads: trimmed, well-formed, without control characters that would break a line.
 */
export const Line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most, `expects at most ${most} characters`)
    .refine((it) => it.isWellFormed(), 'has a broken character (a lone surrogate)')
    .refine((it) => !/\p{Cc}/u.test(it), 'must be one line without control characters')
    .refine((it) => it === '' || /[\p{L}\p{N}\p{P}\p{S}]/u.test(it), 'must have something that can be seen')

export const Prose = (most: number) =>
  z
    .string()
    .max(most, `expects at most ${most} characters`)
    .refine((it) => it.isWellFormed(), 'has a broken character (a lone surrogate)')
    .refine((it) => !it.includes('\u0000'), 'must not have a NUL character')

export const Slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
    'expects lower-case letters, digits and hyphens, such as my-workspace',
  )

/** Empty where the name has no letter or digit that could stand in one. */
export const slugOf = (name: string, most = 63): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, most)
    .replace(/-+$/, '')

export const Role = z.enum(['viewer', 'editor', 'admin'])
export type Role = z.infer<typeof Role>
/** The smaller of two roles. */
export const leastOf = (a: Role, b: Role): Role =>
  Role.options[Math.min(Role.options.indexOf(a), Role.options.indexOf(b))] as Role

/** The query of every list that pages; an answer's `nextCursor` is null at the end. */
export const PageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
}

const MOST_CONTEXT_BYTES = 64 * 1024
const DEEPEST_CONTEXT = 32
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor'])

/** What is wrong with a text or a number, in words, or null. */
function problemOfPlain(value: unknown): string | null {
  if (typeof value === 'string' && !value.isWellFormed()) return 'has a broken character (a lone surrogate)'
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return `has the number ${value}, which JSON cannot carry exactly: write it as a string`
  return null
}

/**
 * What is wrong with a context, in words, or null. Iterative: a
 * context 10,000 levels deep must not overflow the stack.
 */
function contextProblem(context: unknown): string | null {
  const stack: { value: unknown; depth: number }[] = [{ value: context, depth: 0 }]
  for (let item = stack.pop(); item; item = stack.pop()) {
    if (item.depth > DEEPEST_CONTEXT) return `is nested deeper than ${DEEPEST_CONTEXT} levels`
    const problem = problemOfPlain(item.value)
    if (problem) return problem
    if (typeof item.value !== 'object' || item.value === null) continue
    for (const [key, value] of Object.entries(item.value)) {
      if (FORBIDDEN_KEYS.has(key)) return `has the key "${key}", which is not allowed`
      stack.push({ value, depth: item.depth + 1 })
    }
  }
  return null
}

/**
 * An agent's input: an object, or the same as a JSON string (as the original guide sends it); at most 64 KiB.
 */
export const Context = z
  .union(
    [z.record(z.string(), z.unknown()), z.string().max(MOST_CONTEXT_BYTES, 'expects at most 64 KiB')],
    'expects an object or a JSON string of one',
  )
  .transform((given, check): Record<string, unknown> => {
    let context: unknown = given
    if (typeof given === 'string') {
      try {
        context = JSON.parse(given || '{}')
      } catch (error) {
        check.addIssue({ code: 'custom', message: `is not JSON: ${(error as Error).message}` })
        return z.NEVER
      }
      const unclear = ambiguity(given || '{}')
      if (unclear) {
        check.addIssue({ code: 'custom', message: unclear })
        return z.NEVER
      }
    }
    const problem =
      typeof context !== 'object' || context === null || Array.isArray(context)
        ? 'expects a JSON object'
        : contextProblem(context)
    if (problem) {
      check.addIssue({ code: 'custom', message: problem })
      return z.NEVER
    }
    if (new TextEncoder().encode(JSON.stringify(context)).length > MOST_CONTEXT_BYTES) {
      check.addIssue({ code: 'custom', message: 'expects at most 64 KiB' })
      return z.NEVER
    }
    return context as Record<string, unknown>
  })

/** Every field optional and without a default: what is not named keeps its value. */
type Bare<T extends z.ZodType> =
  T extends z.ZodDefault<infer Inner extends z.ZodType>
    ? Inner
    : T extends z.ZodOptional<infer Inner extends z.ZodType>
      ? Inner
      : T
export function optional<T extends Record<string, z.ZodType>>(shape: T) {
  const bare = Object.entries(shape).map(([name, field]) => {
    const inner =
      field instanceof z.ZodDefault || field instanceof z.ZodOptional ? (field.unwrap() as z.ZodType) : field
    return [name, inner.optional()]
  })
  return Object.fromEntries(bare) as { [K in keyof T]: z.ZodOptional<Bare<T[K]>> }
}

/** A city's zone, or UTC: abbreviations mean different places to different people. Kept as it is written everywhere. */
export const ZoneName = z
  .string()
  .max(64, 'expects at most 64 characters')
  .refine(
    (name) => (name === 'UTC' || /^[A-Za-z]+\//.test(name)) && isZone(name),
    'expects UTC or a city name such as America/New_York',
  )
  .overwrite(canonicalZone)
