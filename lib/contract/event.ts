/**
 * Live events: what the sockets carry and `GET …/events` repeats. `seq` rises by one in a workspace and never
 * skips, so a client that sees a gap asks for what it missed.
 */
import { z } from 'zod'
import { Instant } from './fields.ts'
import { Message } from './message.ts'

export const EventType = z.enum([
  'schedule:created',
  'schedule:updated',
  'schedule:deleted',
  'schedule:started',
  'schedule:completed',
  'schedule:failed',
  'schedule:skipped',
  'schedule:missed',
  'schedule:disabled',
  'execution:progress',
  'execution:waiting',
  'approval:requested',
  'approval:decided',
  'approval:expired',
  'trigger:unready',
  'trigger:ready',
  'budget:warning',
  'budget:reached',
  'incident:opened',
  'incident:closed',
  'delivery:failed',
  'expectation:missed',
  'expectation:recovered',
  'mcp:status',
  'skill:status',
  'agent:created',
  'agent:updated',
  'agent:deleted',
  'event:recorded',
  'proposal:created',
  'proposal:confirmed',
  'proposal:dismissed',
  'source:failing',
  'source:ok',
  'import:applied',
  'chat:message',
  'chat:updated',
])
export type EventType = z.infer<typeof EventType>

/**
 * Which fields are there depends on the type: `schedule:*` names a schedule,
 * what concerns a run its execution, `chat:*` carries the message.
 */
export const LiveEvent = z.object({
  seq: z.number(),
  workspaceId: z.number(),
  type: EventType,
  timestamp: Instant,
  scheduleId: z.number().optional(),
  scheduleName: z.string().optional(),
  kind: z.string().optional().meta({ description: 'Of the trigger whose id is `scheduleId`.' }),
  executionId: z.number().optional(),
  status: z.string().optional(),
  success: z.boolean().optional(),
  result: z.string().optional(),
  error: z.string().optional(),
  reason: z.string().optional(),
  duration: z.number().optional().meta({ description: 'Milliseconds.' }),
  step: z.string().optional().meta({ description: 'Of "execution:progress": what the run said last.' }),
  text: z
    .string()
    .optional()
    .meta({ description: 'Of "execution:progress": what its message says by now, where it has one.' }),
  tool: z.string().optional().meta({ description: 'Of "execution:progress": the tool that it said so of.' }),
  tokensUsed: z.number().optional().meta({ description: 'Of "execution:progress": by its model, so far.' }),
  agentId: z.string().optional().meta({ description: 'Of "agent:*".' }),
  approvalId: z.number().optional(),
  budgetId: z.number().optional(),
  incidentId: z.number().optional(),
  deliveryId: z.number().optional(),
  expectationId: z.number().optional(),
  mcpServerId: z.number().optional(),
  skillId: z.number().optional(),
  proposalId: z.number().optional(),
  eventType: z.string().optional().meta({ description: 'Of "event:recorded": what triggers know it as.' }),
  sourceId: z.number().optional(),
  imported: z
    .object({ created: z.number(), changed: z.number(), deleted: z.number() })
    .optional()
    .meta({ description: 'Of "import:applied": how much of it.' }),
  message: Message.optional(),
})
export type LiveEvent = z.infer<typeof LiveEvent>

/**
 * `truncated`: more events follow the last one of this answer. `oldest`:
 * events before it are no longer kept; read the lists afresh.
 */
export const EventPage = z.object({
  events: z.array(LiveEvent),
  lastSeq: z.number(),
  oldest: z.number(),
  truncated: z.boolean(),
})
export type EventPage = z.infer<typeof EventPage>
