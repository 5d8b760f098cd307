/** The week, looked back on. */
import { z } from 'zod'
import { cronOn, MAIL_SERVER, onOneDay, Recipients } from './fields.ts'
import { template } from './template.ts'

export const weeklyReport = template({
  id: 'weekly-report',
  version: 1,
  name: 'Weekly report',
  description:
    'Looks back on the last seven days: how many runs succeeded, what failed and why, what was written and added.',
  needs: [MAIL_SERVER],
  input: z.strictObject({ emailRecipients: Recipients, when: onOneDay('friday', '16:00') }),
  example: {},
  makes: ({ emailRecipients, when }) => ({
    trigger: {
      name: 'Weekly report',
      description: 'What happened in the last seven days, with figures.',
      agentId: 'summary-agent',
      agentType: 'system',
      cronExpression: cronOn(when),
      timezone: when.timezone,
      context: {
        reportType: 'weekly_report',
        dateRange: 'last_7_days',
        includeMetrics: true,
        emailRecipients,
      },
    },
    sendsMail: emailRecipients.length > 0,
  }),
})
