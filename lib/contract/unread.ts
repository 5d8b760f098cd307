/** What somebody has not read yet. */
import { z } from 'zod'
import { Slug } from './fields.ts'

/** Of a workspace, at most so many are counted. */
export const MOST_UNREAD = 1000

export const Unread = z.object({
  slug: Slug,
  messages: z.number().meta({ description: `Counted up to ${MOST_UNREAD}.` }),
  /** Of these, how many name the reader with an `@`. */
  mentions: z.number(),
  /** What runs ask for, and the reader may decide. */
  approvals: z.number(),
  /** Of the messages, how many tell of a run that failed. */
  failures: z.number(),
  firstUnreadId: z.number().nullable(),
})
export type Unread = z.infer<typeof Unread>

/** What the live event `me:unread` says: of the workspaces in which something has changed. */
export const UnreadList = z.object({ workspaces: z.array(Unread) })
export type UnreadList = z.infer<typeof UnreadList>

export const Read = z.strictObject({
  /** The newest message that was read. */
  upTo: z.number().int().positive(),
  /** Only the thread with this message was read. */
  threadId: z.number().int().positive().optional(),
})
export type Read = z.infer<typeof Read>
