/**
 * A schedule that was put forward, in words or by an agent. Nothing is planned before somebody confirms it, which is
 * done once, within a day.
 */
import { z } from 'zod'
import { EventTrigger } from './event-trigger.ts'
import { Instant, Line, ZoneName } from './fields.ts'
import { SAID_LIKE } from './said-like.ts'
import { AgentType, Forecast, PlannedInstant, Trigger } from './trigger.ts'

export const ProposalSource = z.enum(['grammar', 'model'])
export type ProposalSource = z.infer<typeof ProposalSource>

/** A proposal can be confirmed for so long. */
export const CONFIRMABLE_HOURS = 24
export const MOST_SAID = 500

export const NewProposal = z.strictObject({
  text: Line(MOST_SAID).meta({ example: SAID_LIKE[0] }),
  /** Whose hours the words mean; without it, those of the workspace. */
  timezone: ZoneName.optional(),
  /** Who does the work, where that is known already; without it, whom the words fit. */
  agentId: z.string().trim().min(1).max(120).optional(),
  agentType: AgentType.optional(),
})
export type NewProposal = z.infer<typeof NewProposal>

/** What would be made; secrets of its context are masks. */
export const ProposedTrigger = Trigger.pick({
  ...{ kind: true, name: true, description: true, agentId: true, agentType: true },
  ...{ timezone: true, context: true, startsAt: true, endsAt: true },
}).extend({
  cronExpression: z.string().optional(),
  everySeconds: z.number().optional(),
  at: Instant.optional(),
  event: EventTrigger.optional(),
})
export type ProposedTrigger = z.infer<typeof ProposedTrigger>

/** Somebody else may say so. `trigger`: what is named of it takes the place of what was proposed. */
export const Proposal = z.object({
  id: z.number(),
  text: z.string(),
  trigger: ProposedTrigger,
  agentName: z.string(),
  humanReadable: z.string(),
  next: z.array(Instant),
  /** The same instants on the wall of the schedule's zone. */
  instants: z.array(PlannedInstant),
  /** What was taken without being said, what a change of the clock does, and what is still to be filled in. */
  warnings: z.array(z.string()),
  /** Those of them that a preview of the trigger does not say: what was taken, and what is to be filled in. */
  notes: z.array(z.string()),
  /** Null where nobody can say how often it will run. */
  forecast: Forecast.nullable(),
  source: ProposalSource,
  proposedBy: z.object({ id: z.string(), name: z.string() }),
  confirmedBy: z.object({ id: z.string(), name: z.string() }).nullable(),
  triggerId: z.number().nullable(),
  createdAt: Instant,
  expiresAt: Instant,
})
export type Proposal = z.infer<typeof Proposal>

export const ConfirmProposal = z.strictObject({
  changes: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({
      description: 'Fields of the trigger that are to be otherwise, as they are sent to make one.',
      example: { name: 'Morning report' },
    }),
})
export type ConfirmProposal = z.infer<typeof ConfirmProposal>
