/** A webhook as it is opened to be edited. */
import { filterDraftOf } from '#components/event/filter-rows.ts'
import type { WebhookConfig } from '#lib/contract/webhook-trigger.ts'
import { NO_WEBHOOK, type WebhookDraft } from './draft.ts'
import { CALL_EXAMPLES } from './examples.ts'

export function webhookDraftOf(webhook: WebhookConfig | undefined): WebhookDraft {
  if (!webhook) return NO_WEBHOOK
  const { filter, ...set } = webhook
  return { set, filter: filterDraftOf(filter, (path) => CALL_EXAMPLES.get(path)) }
}
