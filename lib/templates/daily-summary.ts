/** What happened in the workspace, told in the morning. */
import { z } from 'zod'
import { cronOn, MAIL_SERVER, onWeekdays, Recipients } from './fields.ts'
import { template } from './template.ts'

const SECTIONS = {
  chat_activity: 'Messages',
  agent_usage: 'Runs of schedules',
  new_documents: 'New documents',
  upcoming_runs: 'What comes next',
  schedule_health: 'Schedules in trouble',
} as const
const NAMES = Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]

export const dailySummary = template({
  id: 'daily-summary',
  version: 1,
  name: 'Daily summary',
  description:
    'Tells in the chat what happened in the workspace since it last told it: messages, runs, documents, and what is in trouble.',
  needs: [MAIL_SERVER],
  input: z.strictObject({
    includeSections: z
      .array(z.enum(NAMES))
      .min(1, 'choose at least one')
      .max(NAMES.length)
      .default(NAMES)
      .meta({ title: 'What it tells', labels: SECTIONS }),
    includeMetrics: z
      .boolean()
      .default(true)
      .meta({ title: 'With figures', description: 'How many runs succeeded, how long they took.' }),
    emailRecipients: Recipients,
    when: onWeekdays('09:00'),
  }),
  example: {},
  makes: ({ includeSections, includeMetrics, emailRecipients, when }) => ({
    trigger: {
      name: 'Daily summary',
      description: 'What happened in the workspace since the last one.',
      agentId: 'summary-agent',
      agentType: 'system',
      cronExpression: cronOn(when),
      timezone: when.timezone,
      context: { reportType: 'daily_summary', includeSections, includeMetrics, emailRecipients },
    },
    sendsMail: emailRecipients.length > 0,
  }),
})
