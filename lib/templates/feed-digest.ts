/** Feeds, read once a day. */
import { z } from 'zod'
import { cronOn, everyDay, hostsOf, MODEL, PATIENT, WebAddress } from './fields.ts'
import { template } from './template.ts'

export const feedDigest = template({
  id: 'feed-digest',
  version: 1,
  name: 'Feed digest',
  description: 'Reads RSS and Atom feeds once a day, and tells what is new in all of them, each item once.',
  needs: [{ kind: 'source', name: 'addresses of feeds', optional: false }, MODEL],
  input: z.strictObject({
    feeds: z
      .array(WebAddress)
      .min(1, 'name at least one feed')
      .max(50)
      .meta({ title: 'Feeds', description: 'Such as https://example.com/feed.xml' }),
    when: everyDay('08:00'),
  }),
  example: { feeds: ['https://example.com/feed.xml'] },
  makes: ({ feeds, when }) => ({
    trigger: {
      name: `News of ${hostsOf(feeds)}`,
      description: 'What is new in the feeds since the last digest.',
      agentId: 'doc-processor',
      agentType: 'system',
      cronExpression: cronOn(when),
      timezone: when.timezone,
      context: { sources: feeds.map((feed) => ({ feed })) },
      post: 'when_notable',
      retries: 2,
      ...PATIENT,
    },
  }),
})
