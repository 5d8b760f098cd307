/** A webhook while it is being edited: its filter is kept as it was typed, what is chosen as it is. */
import type { WebhookConfigInput } from '#lib/contract/webhook-trigger.ts'
import { type FilterDraft, NO_FILTER } from '#components/event/filter-draft.ts'

export interface WebhookDraft {
  set: Omit<WebhookConfigInput, 'filter'>
  filter: FilterDraft
}

export const NO_WEBHOOK: WebhookDraft = { set: { scheme: 'standard' }, filter: NO_FILTER }
