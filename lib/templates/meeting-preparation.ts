/** What is about to come in a calendar, with what the workspace has about it. */
import { z } from 'zod'
import { cronEvery, everySoOften, MODEL, PATIENT } from './fields.ts'
import { template } from './template.ts'

const AHEAD = { '1h': 'An hour before', '2h': 'Two hours before', '24h': 'A day before' } as const
const SPANS = Object.keys(AHEAD) as (keyof typeof AHEAD)[]
const KINDS = { meetings: 'Meetings', deadlines: 'Deadlines' } as const

export const meetingPreparation = template({
  id: 'meeting-preparation',
  version: 1,
  name: 'Meeting preparation',
  description:
    'Reminds once of each meeting and deadline, with a sheet to prepare: when, where, who, the agenda, and what is known about it here.',
  needs: [{ kind: 'source', name: 'a calendar (ICS)', optional: false }, MODEL],
  input: z.strictObject({
    calendar: z.string().trim().min(1).max(4_000).optional().meta({
      title: 'Address of the calendar',
      writeOnly: true,
      description:
        'The secret address in iCal format, such as https://calendar.example.com/…/basic.ics. It is kept sealed.',
    }),
    documents: z.boolean().default(false).meta({
      title: 'Calendars among the documents',
      description: 'Every .ics file that is uploaded here, where no address is given.',
    }),
    prepareFor: z
      .array(z.enum(['meetings', 'deadlines']))
      .min(1, 'choose at least one')
      .max(2)
      .default(['meetings', 'deadlines'])
      .meta({ title: 'What it reminds of', labels: KINDS }),
    lookAhead: z.enum(SPANS).default('1h').meta({ title: 'When it reminds', labels: AHEAD }),
    when: everySoOften('1h'),
  }),
  example: { calendar: 'https://calendar.example.com/secret-address/basic.ics' },
  makes: ({ calendar, documents, prepareFor, lookAhead, when }) => ({
    trigger: {
      name: 'Meeting preparation',
      description: 'Reminds of what is about to come, with a sheet to prepare.',
      agentId: 'calendar-agent',
      agentType: 'system',
      cronExpression: cronEvery(when),
      timezone: when.timezone,
      // Without an address the agent takes the calendars among the documents.
      context: {
        ...(calendar && { calendars: [{ url: calendar }] }),
        lookAhead,
        prepareFor,
        actions: ['fetch_context', 'create_summary'],
      },
      post: 'when_notable',
      retries: 2,
      ...PATIENT,
    },
    ...(!calendar &&
      !documents && {
        missing: [
          {
            kind: 'source',
            name: 'a calendar (ICS)',
            remedy: 'Fill in the address of its calendar, or upload an .ics file, then resume it.',
          },
        ],
      }),
  }),
})
