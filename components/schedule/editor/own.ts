/** What a schedule that waits for something, or gathers, has beyond the others, as it is opened to be edited. */
import { emptyCondition } from '#components/condition/draft.ts'
import { conditionDraftOf } from '#components/condition/opening.ts'
import { eventDraftOf, factsDraftOf } from '#components/event/opening.ts'
import { webhookDraftOf } from '#components/webhook/opening.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import type { EditorFacts, Own } from './draft.ts'

export const ownOf = (trigger: Trigger, { events }: EditorFacts): Own => ({
  event: eventDraftOf(trigger.event, events),
  facts: factsDraftOf(trigger, events),
  webhook: webhookDraftOf(trigger.webhook),
  condition: trigger.condition ? conditionDraftOf(trigger.condition) : emptyCondition,
})
