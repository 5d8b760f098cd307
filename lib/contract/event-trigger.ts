/** A trigger that fires when something has happened, and how any trigger deals with many facts at once. */
import { z } from 'zod'
import { InstantIn, PageQuery } from './fields.ts'
import { Filter } from './filter.ts'
import { EVENT_TYPES, isKnownType } from './trigger-event.ts'

const count = (least: number, most: number) => z.number().int().min(least).max(most)
const Ids = z.array(count(1, Number.MAX_SAFE_INTEGER)).min(1).max(100)
const known = () => [...EVENT_TYPES.map((it) => it.type), 'custom.<name>'].join(', ')
const EventTypeName = z
  .string()
  .max(120)
  .refine(isKnownType, {
    error: ({ input }) =>
      `is "${String(input).slice(0, 120)}", which is no event: use ${known()}, or document.*`,
  })

export const MOST_DEPTH = 32
export const EventTrigger = z
  .strictObject({
    types: z.array(EventTypeName).min(1).max(10),
    triggerIds: Ids.optional().meta({
      description:
        'Of whose runs, switches, approvals and expectations; without it of every trigger but this one.',
    }),
    sourceIds: Ids.optional(),
    filter: Filter.optional(),
    maxDepth: count(1, MOST_DEPTH).default(8).meta({
      description: 'Runs that cause runs: what lies deeper in a chain is skipped.',
    }),
  })
  .meta({ example: { types: ['document.uploaded'] } })
export type EventTrigger = z.infer<typeof EventTrigger>

/** Where a value stands in an event, such as `data.documentId`. */
export const EventPath = z
  .string()
  .max(200)
  .regex(/^[^.]+(?:\.[^.]+)*$/, 'expects names with dots between them, such as data.documentId')

export const Collect = z
  .strictObject({
    quietSeconds: count(1, 604_800)
      .optional()
      .meta({ description: 'It runs when nothing came for so long.' }),
    maxSeconds: count(1, 604_800).meta({ description: 'It runs after so long at the latest.' }),
    maxEvents: count(1, 1000).default(100),
    keep: z.enum(['all', 'last']).meta({ description: '"last": the one that occurred last.' }),
    key: EventPath.optional().meta({ description: 'Gathers for each value that stands there by itself.' }),
  })
  .meta({ example: { quietSeconds: 60, maxSeconds: 600, keep: 'all' } })
export type Collect = z.infer<typeof Collect>

export const Throttle = z
  .strictObject({
    count: count(1, 10_000),
    perSeconds: count(1, 604_800),
    excess: z.enum(['defer', 'skip']).default('defer'),
  })
  .meta({ example: { count: 5, perSeconds: 3600 } })
export type Throttle = z.infer<typeof Throttle>

/** Its comparisons may name a value of the event that fired: `{ fired: "data.documentId" }`. */
export const CancelOn = z
  .array(z.strictObject({ types: z.array(EventTypeName).min(1).max(10), filter: Filter.optional() }))
  .min(1)
  .max(10)
  .meta({
    example: [
      {
        types: ['document.deleted'],
        filter: { path: 'data.documentId', op: 'equals', value: { fired: 'data.documentId' } },
      },
    ],
  })
export type CancelOn = z.infer<typeof CancelOn>

export const CustomEvent = z.strictObject({
  type: z.string().min(1).max(120),
  dedupeKey: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'expects 1 to 255 visible ASCII characters')
    .optional(),
  data: z.record(z.string(), z.unknown()).default({}),
})
export const TriggerEventQuery = z.object({
  ...PageQuery,
  type: z.string().max(120).optional(),
  from: InstantIn.optional(),
  to: InstantIn.optional(),
  q: z.string().max(200).optional(),
})

/** What is in the catalogue, with the shape of its data. */
export const EventTypeInfo = z.object({
  type: z.string(),
  words: z.string(),
  schema: z.record(z.string(), z.unknown()),
  example: z.record(z.string(), z.unknown()),
})
export type EventTypeInfo = z.infer<typeof EventTypeInfo>
