/**
 * What a run asks people for: whether a tool may be called with exactly these arguments, or an answer to a question.
 *
 * It is decided once, by one person, and only while it is pending; the run that asked waits until then.
 */
import { z } from 'zod'
import { Effect } from './custom-agent.ts'
import { Id, Instant, InstantIn, PageQuery, Prose } from './fields.ts'
import { Filter } from './filter.ts'

const MOST_DAYS = 30
const MOST_REMEMBERED_DAYS = 90

export const ApprovalKind = z.enum(['tool', 'question', 'budget'])
export type ApprovalKind = z.infer<typeof ApprovalKind>
export const ApprovalStatus = z.enum([
  'pending',
  'approved',
  'rejected',
  'expired',
  'cancelled',
  'superseded',
])
export type ApprovalStatus = z.infer<typeof ApprovalStatus>
/** `tainted`: it may be called unasked, but the run has read text that came from outside. */
export const AskedWhy = z.enum(['rule', 'tainted', 'first_use', 'budget'])
export type AskedWhy = z.infer<typeof AskedWhy>
export const OnExpiry = z.enum(['fail', 'reject'])
export type OnExpiry = z.infer<typeof OnExpiry>

/** How a trigger has its runs ask. What is not named has its usual value. */
export const ApprovalRule = z.strictObject({
  role: z.enum(['editor', 'admin']).default('editor').meta({ description: 'The least role that decides.' }),
  requireOther: z.boolean().default(false).meta({
    description: 'Whoever made or last changed the trigger or its agent does not decide.',
  }),
  expireAfterSeconds: z
    .number()
    .int()
    .min(60)
    .max(MOST_DAYS * 86_400)
    .default(86_400),
  onExpiry: OnExpiry.default('fail').meta({
    description: 'Undecided: the run fails, or the agent hears that it was not allowed and goes on.',
  }),
  holdSlot: z.boolean().default(false).meta({ description: 'No other run of the trigger begins meanwhile.' }),
})
export type ApprovalRule = z.infer<typeof ApprovalRule>

export const Approval = z.object({
  id: z.number(),
  workspaceId: z.number(),
  kind: ApprovalKind,
  executionId: z.number(),
  step: z.number().nullable().meta({ description: 'The step of its run that asks.' }),
  triggerId: z.number(),
  triggerName: z.string(),
  agentId: z.string(),
  tool: z.string().nullable(),
  effect: Effect.nullable(),
  arguments: z.unknown().nullable(),
  argumentsHash: z.string().nullable(),
  editedArguments: z
    .unknown()
    .nullable()
    .meta({ description: 'What was approved in place of the arguments asked for.' }),
  editedHash: z.string().nullable(),
  summary: z.string(),
  why: AskedWhy,
  question: z.string().nullable(),
  options: z.array(z.string()).nullable(),
  answer: z
    .unknown()
    .nullable()
    .meta({ description: 'While it is pending the JSON Schema of the answer, then the answer itself.' }),
  status: ApprovalStatus,
  requestedAt: Instant,
  expiresAt: Instant,
  requiredRole: z.string(),
  requireOther: z.boolean(),
  decidedBy: z.object({ id: z.string(), name: z.string() }).nullable(),
  decidedAt: Instant.nullable(),
  decidedVia: z.string().nullable(),
  note: z.string().nullable(),
})
export type Approval = z.infer<typeof Approval>
export const InboxApproval = Approval.extend({ workspace: z.object({ slug: z.string(), name: z.string() }) })
export type InboxApproval = z.infer<typeof InboxApproval>

const Statuses = z
  .string()
  .max(100)
  .optional()
  .transform((it) => (it ? [...new Set(it.split(','))] : undefined))
  .pipe(z.array(ApprovalStatus).optional())
export const ApprovalQuery = z.object({
  ...PageQuery,
  status: Statuses,
  triggerId: Id.optional(),
  executionId: Id.optional(),
})
export type ApprovalQuery = z.infer<typeof ApprovalQuery>
export const InboxQuery = z.object({ ...PageQuery, status: Statuses })
export type InboxQuery = z.infer<typeof InboxQuery>

const note = Prose(2000).optional()
/** `filter`: calls like this one, but never those of a run that has read text from outside. */
const Scope = z.enum(['exact', 'filter'])
const Remember = z
  .strictObject({
    scope: Scope,
    filter: Filter.optional().meta({
      description: 'Its paths begin with arguments or tool; it must hold for the call that is approved.',
    }),
    maxUses: z.number().int().min(1).max(1000).optional(),
    until: InstantIn.optional().meta({ description: `At most ${MOST_REMEMBERED_DAYS} days ahead.` }),
  })
  .superRefine(({ scope, filter }, check) => {
    if ((scope === 'filter') === (filter !== undefined)) return
    const message = filter ? 'goes with the scope "filter"' : 'is needed with the scope "filter"'
    check.addIssue({ code: 'custom', path: ['filter'], message })
  })
export type Remember = z.infer<typeof Remember>
export const Approve = z.strictObject({
  arguments: z.record(z.string(), z.unknown()).optional().meta({
    description: 'In place of those asked for; judged by the tool.',
  }),
  note,
  answer: z.unknown().optional(),
  remember: Remember.optional(),
})
export type Approve = z.infer<typeof Approve>
export const Reject = z.strictObject({ note })
export type Reject = z.infer<typeof Reject>
export { MOST_REMEMBERED_DAYS }

/** A remembered approval. */
export const Grant = z.object({
  id: z.number(),
  triggerId: z.number(),
  triggerName: z.string(),
  approvalId: z.number().nullable(),
  tool: z.string(),
  summary: z.string(),
  scope: Scope,
  argumentsHash: z.string().meta({ description: 'Of the call; empty where a filter says for which.' }),
  filter: Filter.nullable(),
  maxUses: z.number().nullable(),
  uses: z.number(),
  usesLeft: z.number().nullable(),
  until: Instant.nullable(),
  createdBy: z.object({ id: z.string(), name: z.string() }),
  createdAt: Instant,
  lastUsedAt: Instant.nullable(),
})
export type Grant = z.infer<typeof Grant>
