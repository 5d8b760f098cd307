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
      .max(50)
      .default([])
      .meta({ title: 'Feeds', needed: true, description: 'Such as https://example.com/feed.xml' }),
    when: everyDay('08:00'),
  }),
  example: { feeds: ['https://example.com/feed.xml'] },
  makes: ({ feeds, when }) => ({
    trigger: {
      name: feeds.length > 0 ? `News of ${hostsOf(feeds)}` : 'Feed digest',
      description: 'What is new in the feeds since the last digest.',
      agentId: 'doc-processor',
      agentType: 'system',
      cronExpression: cronOn(when),
      timezone: when.timezone,
      // Without any the agent would watch what people upload.
      context: feeds.length > 0 ? { sources: feeds.map((feed) => ({ feed })) } : {},
      post: 'when_notable',
      retries: 2,
      ...PATIENT,
    },
    ...(feeds.length === 0 && {
      missing: [
        {
          kind: 'source',
          name: 'addresses of feeds',
          remedy: 'Fill in the feeds that it reads (its sources), then resume it.',
        },
      ],
    }),
  }),
})
