/**
 * What must hold of something before it counts: comparisons of what stands at a path, joined by `all`, `any` and `not`.
 *
 * Promise: a filter is small (parts, depth, size), so that judging it is soon done (`lib/triggers/matching.ts`).
 */
import { z } from 'zod'
import { inWords } from './wording.ts'

const MOST_NODES = 50
/** Groups in groups; what they compare is no depth. */
const DEEPEST = 5
const MOST_CHARACTERS = 64 * 1024
const LONGEST_PATTERN = 200

const path = z
  .string()
  .max(200)
  .regex(/^[^.]+(?:\.[^.]+)*$/, 'expects names and numbers with dots between them, such as data.items.0.name')
const DEEPEST_VALUE = 32
const fits = (value: unknown) => depthOf(value) <= DEEPEST_VALUE
/** Any JSON, as deep as it can be compared. */
const value = z
  .unknown()
  .refine((it): boolean => it !== undefined, 'is needed')
  .refine(fits, `is nested deeper than ${DEEPEST_VALUE} levels`)

/** Without a stack of its own: it may be twenty thousand levels deep. */
function depthOf(value: unknown): number {
  let deepest = 0
  const open: [value: unknown, depth: number][] = [[value, 0]]
  for (let it = open.pop(); it; it = open.pop()) {
    const [inner, depth] = it
    deepest = Math.max(deepest, depth)
    if (typeof inner === 'object' && inner !== null)
      for (const one of Object.values(inner)) open.push([one, depth + 1])
  }
  return deepest
}

const Comparison = z.discriminatedUnion(
  'op',
  [
    z.strictObject({ path, op: z.enum(['equals', 'not_equals', 'contains']), value }),
    z.strictObject({
      path,
      op: z.literal('in'),
      value: z.array(z.unknown()).min(1).refine(fits, `is nested deeper than ${DEEPEST_VALUE} levels`),
    }),
    z.strictObject({ path, op: z.enum(['starts_with', 'ends_with']), value: z.string().min(1) }),
    z.strictObject({ path, op: z.literal('matches'), value: z.string().min(1).max(LONGEST_PATTERN) }),
    z.strictObject({
      path,
      op: z.enum(['gt', 'gte', 'lt', 'lte']),
      value: z.union([z.number(), z.string()], 'expects a number or a text'),
    }),
    z.strictObject({ path, op: z.literal('exists'), value: z.boolean() }),
  ],
  'expects equals, not_equals, in, contains, starts_with, ends_with, matches, gt, gte, lt, lte or exists',
)
export type Comparison = z.infer<typeof Comparison>
export type Filter = Comparison | { all: Filter[] } | { any: Filter[] } | { not: Filter }

const parts = z.array(z.unknown()).min(1)
const GROUPS = [
  z.strictObject({ all: parts }),
  z.strictObject({ any: parts }),
  z.strictObject({ not: z.unknown() }),
] as const

interface Fault {
  path: PropertyKey[]
  message: string
}

/** Whichever form it has is judged as that form, so that a fault is told where it stands. */
function* faultsOf(
  given: unknown,
  at: PropertyKey[],
  depth: number,
  left: { nodes: number },
): Generator<Fault> {
  if (--left.nodes === -1) yield { path: [], message: `has more than ${MOST_NODES} parts` }
  if (left.nodes < 0) return
  const group = GROUPS.find((it) => Object.keys(it.shape).some((key) => isIn(key, given)))
  const { success, error } = (group ?? Comparison).safeParse(given, inWords)
  if (!success) yield* error.issues.map((it) => ({ path: [...at, ...it.path], message: it.message }))
  if (!success || !group) return
  if (depth === DEEPEST) return yield { path: at, message: `is nested deeper than ${DEEPEST} groups` }
  const [[key, inside]] = Object.entries(given as object) as [[string, unknown]]
  if (!Array.isArray(inside)) return yield* faultsOf(inside, [...at, key], depth + 1, left)
  for (const [n, part] of inside.entries()) yield* faultsOf(part, [...at, key, n], depth + 1, left)
}

const isIn = (key: string, given: unknown) =>
  typeof given === 'object' && given !== null && Object.hasOwn(given, key)

export const Filter = z
  .record(z.string(), z.unknown())
  .superRefine((given, check) => {
    if (JSON.stringify(given).length > MOST_CHARACTERS)
      return check.addIssue({ code: 'custom', message: 'expects at most 64 KiB' })
    for (const it of faultsOf(given, [], 0, { nodes: MOST_NODES })) check.addIssue({ code: 'custom', ...it })
  })
  .meta({
    description:
      '{ path, op, value }, { all: [] }, { any: [] } or { not }. Where nothing stands at a path every comparison is false, not_equals too; only { op: "exists", value: false } is true.',
    example: { all: [{ path: 'arguments.url', op: 'starts_with', value: 'https://example.com/' }] },
  }) as unknown as z.ZodType<Filter>
