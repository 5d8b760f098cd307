/**
 * A trigger that watches a value and fires when it crosses a line: what is read, how often, and what must hold of it.
 *
 * `onlyIf` is the same question asked once, as a gate before a run of any kind of trigger.
 */
import { z } from 'zod'
import { type ConditionOp, GATES, isTurn, OPS } from './condition-ops.ts'
import { Instant, InstantIn } from './fields.ts'
import { SecretRef } from './secret.ts'

const DAY_SECONDS = 86_400
const count = (least: number, most: number) => z.number().int().min(least).max(most)

const Url = z
  .string()
  .max(2000, 'expects at most 2000 characters')
  .regex(/^https?:\/\/./i, 'expects an address such as https://example.com/status.json')
  .meta({ format: 'uri' })
/** Empty: all that was answered. */
const Path = z
  .string()
  .max(200, 'expects at most 200 characters')
  .regex(
    /^(?:[^.]+(?:\.[^.]+)*)?$/,
    'expects names and numbers with dots between them, such as data.items.0.price; empty for the whole answer',
  )
  .default('')

const MOST_HEADERS = 20
const LONGEST_HEADER = 8000
/** Those that say where a request goes and how it is framed. */
const OF_THE_CONNECTION =
  /^(host|connection|content-length|cookie|expect|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/i
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]{1,200}$/
const HeaderValue = z.union(
  [
    z
      .string()
      .max(LONGEST_HEADER, `expects at most ${LONGEST_HEADER} characters`)
      .regex(/^[\t\x20-\x7e\x80-\xff•]*$/, 'has a line break or another character that a header cannot carry')
      .meta({ writeOnly: true }),
    SecretRef,
  ],
  'expects a text, or { "secret": "NAME" }',
)
const Headers = z
  .record(z.string(), HeaderValue)
  .superRefine((given, check) => {
    const names = Object.keys(given)
    if (names.length > MOST_HEADERS)
      check.addIssue({ code: 'custom', message: `expects at most ${MOST_HEADERS} headers` })
    for (const name of names) {
      const fault = !HEADER_NAME.test(name)
        ? 'is not the name of a header'
        : OF_THE_CONNECTION.test(name)
          ? 'is a header that is set by itself: leave it out'
          : null
      if (fault) check.addIssue({ code: 'custom', path: [name], message: fault })
    }
  })
  .meta({
    description: 'A text is sealed and answered as •••; { "secret": "NAME" } takes a secret by its name.',
  })
export type ConditionHeaders = z.output<typeof Headers>

export const MEASURES = [
  'executions',
  'failures',
  'success_rate',
  'messages',
  'documents',
  'cost',
  'tokens',
] as const
export type Measure = (typeof MEASURES)[number]

const Http = z
  .strictObject({
    kind: z.literal('http'),
    url: Url,
    method: z.enum(['GET', 'POST']).default('GET'),
    headers: Headers.default({}),
    body: z.string().max(20_000, 'expects at most 20000 characters').optional(),
    path: Path.meta({ description: 'Where in the JSON that is answered, such as data.items.0.price.' }),
    as: z.enum(['number', 'text', 'boolean']),
  })
  .refine((it) => it.body === undefined || it.method === 'POST', {
    path: ['body'],
    error: 'does not go with GET',
  })
const Page = z.strictObject({
  kind: z.literal('page'),
  url: Url,
  selector: z
    .string()
    .min(1, 'must not be empty')
    .max(300, 'expects at most 300 characters')
    .optional()
    .meta({ description: 'A CSS selector, such as #price; without it the text of the whole page.' }),
})
const Feed = z.strictObject({ kind: z.literal('feed'), url: Url })
const Workspace = z.strictObject({
  kind: z.literal('workspace'),
  measure: z.enum(MEASURES),
  triggerIds: z.array(count(1, Number.MAX_SAFE_INTEGER)).min(1).max(50).optional().meta({
    description: 'Of these triggers; without it of every trigger but this one.',
  }),
  windowSeconds: count(60, 366 * DAY_SECONDS).meta({ description: 'Of the last so many seconds.' }),
})
const Mcp = z.strictObject({
  kind: z.literal('mcp'),
  serverId: count(1, Number.MAX_SAFE_INTEGER),
  tool: z.string().min(1, 'must not be empty').max(200).meta({ description: 'One that only reads.' }),
  arguments: z.record(z.string(), z.unknown()).default({}),
  path: Path,
})

export const ConditionSource = z.discriminatedUnion(
  'kind',
  [Http, Page, Feed, Workspace, Mcp],
  'expects http, page, feed, workspace or mcp',
)
export type ConditionSource = z.output<typeof ConditionSource>
export type ConditionSourceInput = z.input<typeof ConditionSource>

const LONGEST_PATTERN = 200
const LONGEST_TEXT = 2000
const value = z.union(
  [z.number(), z.string().max(LONGEST_TEXT), z.boolean()],
  'expects a number, a text, true or false',
)
const When = z.strictObject({
  op: z.enum(OPS),
  value: value.optional(),
  clear: z.number().optional().meta({
    description: 'With above and below: it is armed again only when the value is back beyond this.',
  }),
})
export type ConditionWhen = z.output<typeof When>

export interface ConditionFault {
  path: PropertyKey[]
  message: string
}

/** What a comparison needs of its value, and what it can be made of. */
export function faultsOfWhen(
  { op, value, clear }: ConditionWhen,
  source?: ConditionSource,
): ConditionFault[] {
  const at = (path: string, message: string): ConditionFault => ({ path: [path], message })
  const faults: ConditionFault[] = []
  const wrong = faultOfValue(op, value)
  if (wrong) faults.push(at('value', wrong))
  if (clear !== undefined && op !== 'above' && op !== 'below')
    faults.push(at('clear', `does not go with "${op}"`))
  else if (
    clear !== undefined &&
    typeof value === 'number' &&
    (op === 'above' ? clear >= value : clear <= value)
  )
    faults.push(at('clear', `expects ${op === 'above' ? 'less' : 'more'} than ${value}`))
  const unfit = source && unfitFor(op, source)
  if (unfit) faults.push(at('op', unfit))
  return faults
}

const isBetween = (it: unknown, least: number, most: number) =>
  typeof it === 'number' && it >= least && it <= most

function faultOfValue(op: ConditionOp, value: ConditionWhen['value']): string | null {
  switch (op) {
    case 'above':
    case 'below':
      return typeof value === 'number' ? null : 'expects a number'
    case 'changes_by':
      return isBetween(value, Number.MIN_VALUE, Number.MAX_VALUE) ? null : 'expects a number above 0'
    case 'stale':
      return Number.isInteger(value) && isBetween(value, 1, 366 * DAY_SECONDS)
        ? null
        : 'expects whole seconds, at least 1'
    case 'matches':
      return typeof value === 'string' && isBetween(value.length, 1, LONGEST_PATTERN)
        ? null
        : `expects a pattern of 1 to ${LONGEST_PATTERN} characters`
    case 'equals':
    case 'not_equals':
      return value === undefined ? 'is needed' : null
    case 'changes':
    case 'new_items':
      return value === undefined ? null : `does not go with "${op}"`
  }
}

const OF_NUMBERS: readonly ConditionOp[] = ['above', 'below', 'changes_by']

function unfitFor(op: ConditionOp, source: ConditionSource): string | null {
  if (source.kind === 'feed')
    return op === 'new_items' || op === 'changes' || op === 'stale'
      ? null
      : `is "${op}": of a feed use new_items, changes or stale`
  if (op === 'new_items') return 'is "new_items", which only a feed has'
  if (source.kind === 'workspace' && op === 'matches') return 'is "matches", which is for texts'
  if (source.kind !== 'http') return null
  if (OF_NUMBERS.includes(op) && source.as !== 'number') return `is "${op}", which needs "as": "number"`
  if (op === 'matches' && source.as !== 'text') return 'is "matches", which needs "as": "text"'
  return null
}

export const ConditionTrigger = z
  .strictObject({
    source: ConditionSource,
    everySeconds: count(1, 7 * DAY_SECONDS)
      .default(300)
      .meta({ description: 'How often it looks.' }),
    when: When,
    forSeconds: count(0, 30 * DAY_SECONDS)
      .default(0)
      .meta({
        description: 'It must have held for so long. Only time that was checked counts.',
      }),
    cooldownSeconds: count(0, 366 * DAY_SECONDS)
      .default(0)
      .meta({
        description: 'A crossing so soon after the last firing is passed over.',
      }),
    onFirst: z.enum(['arm', 'fire']).default('arm').meta({
      description: 'What is true at the first check: "arm" fires only once it has been false.',
    }),
  })
  .superRefine(({ source, when, forSeconds }, check) => {
    for (const { path, message } of faultsOfWhen(when, source))
      check.addIssue({ code: 'custom', path: ['when', ...path], message })
    if (forSeconds > 0 && isTurn(when.op))
      check.addIssue({
        code: 'custom',
        path: ['forSeconds'],
        message: `does not go with "${when.op}", which is true of one check only`,
      })
  })
export type ConditionTrigger = z.output<typeof ConditionTrigger>

export const OnlyIf = z
  .strictObject({ source: ConditionSource, op: z.enum(GATES), value })
  .superRefine(({ source, op, value }, check) => {
    if (source.kind === 'feed')
      return check.addIssue({
        code: 'custom',
        path: ['source', 'kind'],
        message: 'is "feed", of which one look tells nothing: use http, page, workspace or mcp',
      })
    for (const it of faultsOfWhen({ op, value }, source)) check.addIssue({ code: 'custom', ...it })
  })
export type OnlyIf = z.output<typeof OnlyIf>

export const ConditionWord = z.enum(['unknown', 'false', 'pending', 'true'])
export type ConditionWord = z.infer<typeof ConditionWord>
/** What is shown of a value: a text only so far. */
export const ConditionValue = z.union([z.number(), z.string(), z.boolean()]).nullable()
export type ConditionValue = z.infer<typeof ConditionValue>

export const ConditionState = z.object({
  state: ConditionWord,
  since: Instant.nullable(),
  pendingSince: Instant.nullable(),
  lastValue: ConditionValue,
  lastCheckedAt: Instant.nullable(),
  lastError: z.string().nullable(),
  crossings: z.number(),
  nextCheckAt: Instant.nullable(),
  errorsInARow: z.number().meta({ description: 'From 5 on the trigger is "unready".' }),
  reset: z.boolean().optional().meta({
    description: 'What it watches is another since the last check: nothing is known of that yet.',
  }),
})
export type ConditionState = z.infer<typeof ConditionState>

export const ConditionSample = z.object({
  at: Instant,
  value: ConditionValue,
  state: ConditionWord,
  error: z.string().nullable(),
})
export type ConditionSample = z.infer<typeof ConditionSample>
export const SampleQuery = z.object({ from: InstantIn.optional(), to: InstantIn.optional() })

/** What a look now would say; nothing of it is kept. */
export const ConditionCheck = z.object({
  value: ConditionValue,
  state: ConditionWord,
  wouldFire: z.boolean(),
  error: z.string().nullable(),
})
export type ConditionCheck = z.infer<typeof ConditionCheck>
/** A source that is no trigger's yet. */
export const TrySource = z.strictObject({
  source: ConditionSource,
  when: When.optional(),
  triggerId: count(1, Number.MAX_SAFE_INTEGER).optional().meta({
    description: 'Whose headers are meant where one is •••.',
  }),
})
export const TriedSource = z.object({
  value: ConditionValue,
  holds: z.boolean().nullable().meta({ description: 'Null where one look cannot tell.' }),
  error: z.string().nullable(),
})
export type TriedSource = z.infer<typeof TriedSource>
