/** A webhook while it is being edited: its filter is kept as it was typed, what is chosen as it is. */
import type { WebhookConfig, WebhookConfigInput } from '#lib/contract/webhook-trigger.ts'
import { type FilterDraft, filterDraftOf, NO_FILTER } from '#components/event/filter-draft.ts'

export interface WebhookDraft {
  set: Omit<WebhookConfigInput, 'filter'>
  filter: FilterDraft
}

/** Where values stand in calls that many make: the paths that a filter is offered. */
export const CALL_EXAMPLES: ReadonlyMap<string, unknown> = new Map([
  ['body.type', 'order.created'],
  ['body.action', 'opened'],
  ['headers.x-github-event', 'push'],
  ['query.source', 'shop'],
])
const exampleAt = (path: string) => CALL_EXAMPLES.get(path)

export const NO_WEBHOOK: WebhookDraft = { set: { scheme: 'standard' }, filter: NO_FILTER }

export function webhookDraftOf(webhook: WebhookConfig | undefined): WebhookDraft {
  if (!webhook) return NO_WEBHOOK
  const { filter, ...set } = webhook
  return { set, filter: filterDraftOf(filter, exampleAt) }
}
