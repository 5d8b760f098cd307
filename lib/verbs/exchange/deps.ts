/** What exports and imports work with: the verbs of every kind, and what those need. */
import type { Recording } from '#db/recording.ts'
import type { Readers } from '../../documents/extract.ts'
import type { Decider } from '../approvals.ts'
import type { BudgetDeps } from '../budgets.ts'
import type { CalendarDeps } from '../calendars.ts'
import type { ChannelDeps } from '../channels.ts'
import type { CustomDeps } from '../custom-agents.ts'
import type { Deps } from '../deps.ts'
import type { SourceDeps } from '../sources.ts'
import type { WebhookDeps } from '../webhooks.ts'

export interface ExchangeDeps
  extends Deps,
    BudgetDeps,
    CalendarDeps,
    ChannelDeps,
    CustomDeps,
    SourceDeps,
    WebhookDeps {
  engine: Deps['engine'] & WebhookDeps['engine']
  plainOf: Readers['plainOf']
  recording: Recording
}

/** The workspace, and who asks. */
export interface Place {
  workspace: { id: number; timezone: string }
  by: Decider
  /** For the record. */
  heard: { via: 'web' | 'api'; remoteAddress: string | null }
}
