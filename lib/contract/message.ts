/**
 * A message is what the chat shows. `prompt` and `response` are the original guide's: a result has the prompt
 * `[SCHEDULED] <name>` and a response that is JSON
 * `{ text, type: "schedule_result", scheduleId, executionId, timestamp }`.
 */
import { z } from 'zod'
import { Id, Instant, Prose } from './fields.ts'
import { Status } from './execution.ts'

export const Message = z.object({
  id: z.number(),
  workspaceId: z.number(),
  kind: z.enum(['person', 'result', 'notice']),
  prompt: z.string(),
  response: z.string().nullable(),
  /** What to show: the person's words, or the text of the response. */
  text: z.string(),
  author: z.object({ id: z.string().nullable(), name: z.string() }),
  threadId: z.number().nullable(),
  triggerId: z.number().nullable(),
  executionId: z.number().nullable(),
  status: Status.nullable(),
  clientId: z.string().nullable(),
  /** False: archived, or kept out of the chat by the trigger's `post` policy. */
  include: z.boolean(),
  /** It says what the result of its trigger before it said: the first of these. */
  foldedInto: z.number().nullable(),
  /** 1 when it appears; rises with every change. */
  version: z.number(),
  /** When a person last changed the words. */
  editedAt: Instant.nullable(),
  /** Its words are gone; its place is kept. */
  deleted: z.boolean(),
  createdAt: Instant,
  updatedAt: Instant,
})
export type Message = z.infer<typeof Message>

export const NewMessage = z.strictObject({
  text: Prose(16_000).refine((it) => it.trim() !== '', 'must not be empty'),
  threadId: z.number().int().positive().optional(),
  /** Chosen by the sender: a message that is sent twice is kept once. */
  clientId: z.string().min(1).max(64).optional(),
})

export const MessageChange = NewMessage.pick({ text: true }).extend({
  /** As it was seen: what somebody else has changed since is not overwritten. */
  version: z.number().int().positive(),
})
export type MessageChange = z.infer<typeof MessageChange>

export const MessageQuery = z.object({
  before: Id.optional(),
  after: Id.optional(),
  q: z.string().max(200).optional(),
  /** Only the replies below this message. */
  threadId: Id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export type MessageQuery = z.infer<typeof MessageQuery>
