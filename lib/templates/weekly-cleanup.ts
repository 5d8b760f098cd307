/** The workspace, tidied up in the night. */
import { z } from 'zod'
import { cronOn, onOneDay } from './fields.ts'
import { template } from './template.ts'

const TASKS = {
  archive_old_chats: 'Archive old chats',
  cleanup_temp_files: 'Clean up temporary files',
  regenerate_summaries: 'Regenerate summaries',
  prune_executions: 'Delete old runs',
  cleanup_orphans: 'Remove what nothing refers to',
  vacuum: 'Give free space back',
} as const
const NAMES = Object.keys(TASKS) as (keyof typeof TASKS)[]

export const weeklyCleanup = template({
  id: 'weekly-cleanup',
  version: 1,
  name: 'Weekly cleanup',
  description: 'Tidies the workspace up in the night, and says what it did and how much that freed.',
  needs: [],
  input: z.strictObject({
    tasks: z
      .array(z.enum(NAMES))
      .min(1, 'choose at least one')
      .max(NAMES.length)
      .default(['archive_old_chats', 'cleanup_temp_files', 'regenerate_summaries'])
      .meta({ title: 'What it does', labels: TASKS, description: 'In the order in which they are chosen.' }),
    archiveAfterDays: z.int().min(1).max(3650).default(90).meta({
      title: 'Archive chats after so many days',
      description: 'What is archived leaves the chat; it is hidden, not deleted.',
    }),
    when: onOneDay('sunday', '00:00'),
  }),
  example: {},
  makes: ({ tasks, archiveAfterDays, when }) => ({
    trigger: {
      name: 'Weekly cleanup',
      description: 'Tidies the workspace up, and says what it did.',
      agentId: 'maintenance',
      agentType: 'system',
      cronExpression: cronOn(when),
      timezone: when.timezone,
      context: { tasks, archiveAfterDays },
      timeoutSeconds: 3600,
    },
  }),
})
