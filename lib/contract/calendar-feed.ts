/** What comes, as a calendar that other programs follow: an address for one person and one workspace. */
import { z } from 'zod'
import { Id, Instant, Slug } from './fields.ts'

export const CalendarFeed = z.object({
  id: z.number(),
  workspace: z.object({ slug: Slug, name: z.string() }),
  createdAt: Instant,
  lastReadAt: Instant.nullable().meta({ description: 'To the hour.' }),
})
export type CalendarFeed = z.infer<typeof CalendarFeed>

export const NewCalendarFeed = z.strictObject({ slug: Slug })

export const FeedToken = z.object({ token: z.string().max(200) })
export const FeedQuery = z.object({
  schedule: Id.optional().meta({ description: 'Of this schedule alone.' }),
})
