/** What a webhook means that is being edited, or what is in the way. */
import { readFilter } from '#components/event/filter-reading.ts'
import type { WebhookConfigInput } from '#lib/contract/webhook-trigger.ts'
import type { WebhookDraft } from './draft.ts'
import { CALL_EXAMPLES } from './examples.ts'

export function readWebhook(
  { set, filter }: WebhookDraft,
  errors: Record<string, string>,
): WebhookConfigInput {
  const reading = readFilter(filter, (path) => CALL_EXAMPLES.get(path))
  if ('error' in reading) errors['webhook.filter'] = reading.error
  return { ...set, ...('filter' in reading && reading.filter && { filter: reading.filter }) }
}
