/** A workspace at a glance: what goes on, what needs somebody, what comes, and how it has fared. */
import { z } from 'zod'
import { Approval } from './approval.ts'
import { Execution } from './execution.ts'
import { Instant, InstantIn, ZoneName } from './fields.ts'
import { Overdue } from './workspace.ts'

const TROUBLES = ['broken', 'disabled', 'unready', 'failing'] as const
export const Trouble = z.object({
  triggerId: z.number(),
  name: z.string(),
  state: z.enum(TROUBLES),
  reason: z.string().nullable(),
  failures: z.number().meta({ description: 'How often in a row it has failed.' }),
  lastExecutionId: z.number().nullable(),
})
export type Trouble = z.infer<typeof Trouble>

const Coming = z.object({
  triggerId: z.number(),
  name: z.string(),
  at: Instant,
  more: z.number().nullable().meta({
    description: 'So many runs of it follow within the 24 hours, and are not listed; null: more than 24.',
  }),
  until: Instant.nullable().meta({ description: 'The last of those that follow, where that is known.' }),
})
export type Coming = z.infer<typeof Coming>

export const Now = z.object({
  at: Instant,
  paused: z
    .boolean()
    .meta({ description: 'Everything is paused: nothing of what comes runs until it goes on.' }),
  totals: z
    .object({
      running: z.number(),
      approvals: z.number(),
      proposals: z.number(),
      troubles: z.number(),
      missed: z.number(),
    })
    .meta({ description: 'How many there are of each; the lists hold the first 20.' }),
  running: z.array(
    z.object({
      execution: Execution,
      usualMs: z
        .number()
        .nullable()
        .meta({ description: 'What the last 20 runs of its trigger that succeeded took on average.' }),
    }),
  ),
  queued: z.number().meta({ description: 'How many wait for a place; 100 stands for that many or more.' }),
  approvals: z.array(Approval),
  proposals: z
    .array(z.object({ id: z.number(), name: z.string(), proposedBy: z.string(), expiresAt: Instant }))
    .meta({ description: 'Schedules that agents have put forward and nobody has decided about.' }),
  troubles: z.array(Trouble),
  overdue: z.array(Overdue),
  missed: z.array(Execution).meta({ description: 'Of the last 7 days, without those that were seen to.' }),
  upcoming: z.array(z.object({ triggerId: z.number(), name: z.string(), at: Instant, timezone: z.string() })),
  coming: z
    .object({
      runs: z.array(Coming),
      more: z
        .boolean()
        .meta({ description: 'There are later ones within the 24 hours that are not listed.' }),
    })
    .meta({ description: 'What runs within 24 hours, soonest first.' }),
  results: z.array(
    z.object({
      executionId: z.number(),
      triggerId: z.number(),
      name: z.string(),
      text: z.string().meta({
        description:
          'As it was posted, without marks of Markdown, a line for each paragraph, cut at 600 characters.',
      }),
      at: Instant,
    }),
  ),
})
export type Now = z.infer<typeof Now>

/** Missed instants that somebody has decided about: they need nobody any more. */
export const SeenTo = z
  .strictObject({
    executionIds: z.array(z.number().int().positive()).min(1).max(200).optional(),
    until: InstantIn.optional().meta({
      description:
        'All that the last 7 days up to this instant missed: what came after it nobody has seen yet.',
    }),
  })
  .refine((it) => (it.executionIds === undefined) !== (it.until === undefined), {
    path: ['executionIds'],
    error: 'name executionIds or until, and only one of them',
  })

export const PERIODS = { '24h': 1, '7d': 7, '30d': 30 } as const
export const FiguresQuery = z.object({
  period: z.enum(['24h', '7d', '30d']).default('7d'),
  timezone: ZoneName.default('UTC').meta({ description: 'In which hours and weekdays are counted.' }),
})

const Spread = z.object({ p50: z.number().nullable(), p95: z.number().nullable() })
export const PeriodFigures = z.object({
  from: Instant,
  to: Instant,
  runs: z.number().meta({ description: 'That ended with success or failure.' }),
  success: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  skipped: z.number(),
  missed: z.number(),
  successRate: z.number().nullable().meta({ description: 'Percent of the runs; null without one.' }),
  latenessMs: Spread,
  durationMs: Spread,
  tokens: z.number(),
  cost: z.number(),
  partial: z.boolean().meta({ description: 'There were more: the newest 50,000 were counted.' }),
})
export type PeriodFigures = z.infer<typeof PeriodFigures>

export const Figures = z.object({
  period: z.enum(['24h', '7d', '30d']),
  now: PeriodFigures,
  before: PeriodFigures.meta({ description: 'The period of the same length before it.' }),
  hours: z
    .array(
      z.object({
        weekday: z.number().meta({ description: '1 is Monday, 7 is Sunday.' }),
        hour: z.number(),
        runs: z.number(),
        failed: z.number(),
      }),
    )
    .meta({ description: 'Hours of the week with any run, in the zone asked for.' }),
})
export type Figures = z.infer<typeof Figures>
