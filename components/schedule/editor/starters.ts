/** Schedules that are useful as they stand: what an empty workspace offers. */
import type { Context } from '../context/draft.ts'
import type { PolicyTexts } from './policies.ts'

export interface Starter {
  id: string
  title: string
  pitch: string
  name: string
  description: string
  cronExpression: string
  agentId: string
  context: Context
  policies: Partial<PolicyTexts>
}

export const STARTERS: readonly Starter[] = [
  {
    id: 'daily-summary',
    title: 'Daily summary',
    pitch: 'What happened in the workspace, every weekday at 9:00.',
    name: 'Daily summary',
    description: 'What happened since the last one: messages, runs, documents, and what is in trouble.',
    cronExpression: '0 9 * * 1-5',
    agentId: 'summary-agent',
    context: { reportType: 'daily_summary', includeMetrics: true },
    policies: {},
  },
  {
    id: 'weekly-maintenance',
    title: 'Weekly maintenance',
    pitch: 'Tidies up old chats and runs in the night to Sunday.',
    name: 'Weekly maintenance',
    description: 'Archives old chats, prunes old runs and gives free space back.',
    cronExpression: '0 3 * * 0',
    agentId: 'maintenance',
    context: { tasks: ['archive_old_chats', 'prune_executions', 'cleanup_orphans', 'vacuum'] },
    policies: {},
  },
  {
    id: 'watch-a-url',
    title: 'Watch a web address',
    pitch: 'Asks a page every 15 minutes and speaks up when it fails.',
    name: 'Watch example.com',
    description: 'Checks that the page answers.',
    cronExpression: '*/15 * * * *',
    agentId: 'webhook-caller',
    context: { url: 'https://example.com/', method: 'GET', expect: { status: '2xx' } },
    policies: { post: 'on_failure', retries: '2', timeoutSeconds: '60' },
  },
]

export const starterOf = (id: string | null) => STARTERS.find((it) => it.id === id)
