/** A website, asked whether it is there. */
import { z } from 'zod'
import { cronEvery, everySoOften, hostOf, PATIENT, WebAddress } from './fields.ts'
import { template } from './template.ts'

const TELLS = { failures: 'Only when it fails', always: 'After every check' } as const

export const websiteHealth = template({
  id: 'website-health',
  version: 1,
  name: 'Website health',
  description:
    'Asks a web address again and again, and speaks up in the chat when it does not answer as it should.',
  needs: [{ kind: 'source', name: 'an address', optional: false }],
  input: z.strictObject({
    url: WebAddress.optional().meta({
      title: 'Address',
      needed: true,
      description: 'Such as https://example.com/',
    }),
    tell: z
      .enum(['failures', 'always'])
      .default('failures')
      .meta({ title: 'When it speaks up', labels: TELLS }),
    when: everySoOften('15m'),
  }),
  example: { url: 'https://example.com/' },
  makes: ({ url, tell, when }) => ({
    trigger: {
      name: url ? `Health of ${hostOf(url)}` : 'Website health',
      description: 'Checks that it answers.',
      agentId: 'webhook-caller',
      agentType: 'system',
      cronExpression: cronEvery(when),
      timezone: when.timezone,
      context: { url: url ?? '', method: 'GET', expect: { status: '2xx' }, timeoutSeconds: 20 },
      post: tell === 'failures' ? 'on_failure' : 'always',
      retries: 2,
      ...PATIENT,
      timeoutSeconds: 60,
    },
    ...(!url && {
      missing: [
        {
          kind: 'source',
          name: 'an address',
          remedy: 'Fill in the address (URL) that it asks, then resume it.',
        },
      ],
    }),
  }),
})
