/** Pages, watched for what changes. */
import { z } from 'zod'
import { cronEvery, everySoOften, hostsOf, MODEL, PATIENT, WebAddress } from './fields.ts'
import { template } from './template.ts'

export const pageChangeWatch = template({
  id: 'page-change-watch',
  version: 1,
  name: 'Page watch',
  description:
    'Looks at web pages again and again, and tells what has changed in their text: prices, notices, terms. It is quiet while nothing has.',
  needs: [{ kind: 'source', name: 'addresses of pages', optional: false }, MODEL],
  input: z.strictObject({
    pages: z
      .array(WebAddress)
      .max(50)
      .default([])
      .meta({ title: 'Pages', needed: true, description: 'Such as https://example.com/prices' }),
    when: everySoOften('1h'),
  }),
  example: { pages: ['https://example.com/prices'] },
  makes: ({ pages, when }) => ({
    trigger: {
      name: pages.length > 0 ? `Watch ${hostsOf(pages)}` : 'Page watch',
      description: 'Tells what has changed there.',
      agentId: 'doc-processor',
      agentType: 'system',
      cronExpression: cronEvery(when),
      timezone: when.timezone,
      // Without any the agent would watch what people upload.
      context: pages.length > 0 ? { sources: pages.map((url) => ({ url })) } : {},
      post: 'when_notable',
      retries: 2,
      ...PATIENT,
    },
    ...(pages.length === 0 && {
      missing: [
        {
          kind: 'source',
          name: 'addresses of pages',
          remedy: 'Fill in the pages that it watches (its sources), then resume it.',
        },
      ],
    }),
  }),
})
