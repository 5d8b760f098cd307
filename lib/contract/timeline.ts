/** What ran, what did not, and what comes, on one axis: a lane for each schedule. */
import { z } from 'zod'
import { STATUSES } from './states.ts'
import { Instant, InstantIn, PageQuery } from './fields.ts'

/** The longest stretch that is asked for at once. */
export const LONGEST_DAYS = 45
const LONGEST_MS = LONGEST_DAYS * 86_400_000

export const TimelineQuery = z
  .object({
    from: InstantIn,
    to: InstantIn,
    q: z.string().max(200).optional().meta({ description: 'Words in the name of a schedule.' }),
    triggerId: z.coerce.number().int().min(1).optional(),
    show: z
      .enum(['all', 'trouble'])
      .default('all')
      .meta({ description: '`trouble`: only what failed, was missed or was skipped in that time.' }),
    ...PageQuery,
  })
  .refine((it) => Date.parse(it.to) > Date.parse(it.from), { path: ['to'], error: 'must be after from' })
  .refine((it) => Date.parse(it.to) - Date.parse(it.from) <= LONGEST_MS, {
    path: ['to'],
    error: `must be at most ${LONGEST_DAYS} days after from`,
  })
export type TimelineQuery = z.infer<typeof TimelineQuery>

/** `planned`: still to come. `will_skip`: to come, and left out because of a day off. */
export const MarkState = z.enum([...STATUSES, 'planned', 'will_skip'])
export type MarkState = z.infer<typeof MarkState>

/** What `why` is asked with; nothing where a person started the run, or the mark stands for several facts. */
export const Asked = z.object({
  at: Instant.optional(),
  eventId: z.number().optional(),
  deliveryId: z.string().optional(),
})
export type Asked = z.infer<typeof Asked>

export const Mark = z.object({
  at: Instant.meta({ description: 'When it was planned; when it was queued, where nothing planned it.' }),
  until: Instant.nullable().meta({ description: 'The last of several instants that the mark stands for.' }),
  count: z.number(),
  state: MarkState.meta({ description: 'Of several, the one that somebody should look at first.' }),
  states: z.record(z.string(), z.number()).nullable().meta({ description: 'How many of each, of several.' }),
  executionId: z.number().nullable().meta({ description: 'Of several, one that stands at `state`.' }),
  lateMs: z
    .number()
    .nullable()
    .meta({ description: 'How long after its instant it began; of several, the most.' }),
  durationMs: z.number().nullable().meta({ description: 'How long it ran; of several, the longest.' }),
  reason: z.string().nullable().meta({ description: 'Cut at 200 characters.' }),
  kind: z.string().nullable().meta({ description: 'Of a run: what made it, as in the history.' }),
  ask: Asked.nullable().meta({ description: 'What to ask `why` with.' }),
})
export type Mark = z.infer<typeof Mark>

export const OffBand = z.object({
  kind: z.enum(['off', 'deleted']),
  from: Instant,
  to: Instant.nullable(),
  text: z.string(),
})

export const Lane = z.object({
  triggerId: z.number(),
  name: z.string(),
  kind: z.string(),
  timezone: z.string(),
  words: z.string(),
  enabled: z.boolean(),
  deletedAt: Instant.nullable(),
  marks: z
    .array(Mark)
    .meta({ description: 'In order of time. Where there are many, each stands for a stretch.' }),
  off: z.array(OffBand).meta({ description: 'When it was switched off, paused or deleted.' }),
  shownFrom: Instant.nullable().meta({ description: 'There was more before this instant than is counted.' }),
  shownUntil: Instant.nullable().meta({ description: 'It goes on like this after this instant.' }),
})
export type Lane = z.infer<typeof Lane>

export const Band = z.object({
  kind: z.enum(['down', 'asleep', 'paused', 'clock']),
  from: Instant,
  to: Instant.nullable().meta({ description: 'Null: it goes on.' }),
  text: z.string(),
})
export const Shift = z.object({
  timezone: z.string(),
  at: Instant,
  minutes: z
    .number()
    .meta({ description: 'By how much the clock goes forward, or back where it is below 0.' }),
  text: z.string(),
})

export const Timeline = z.object({
  from: Instant,
  to: Instant,
  at: Instant.meta({ description: 'When this was so.' }),
  stepMs: z.number().meta({ description: 'How long the stretches are in lanes with many runs.' }),
  bands: z.array(Band).meta({ description: 'When nothing could fire, of the whole installation.' }),
  shifts: z.array(Shift).meta({ description: 'Changes of the clock in the zones of these lanes.' }),
  lanes: z.array(Lane).meta({ description: 'By name.' }),
  total: z.number().meta({ description: 'How many lanes there are on all pages.' }),
  nextCursor: z.string().nullable(),
})
export type Timeline = z.infer<typeof Timeline>
