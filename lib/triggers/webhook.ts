/** Waits for calls that a program makes: what is genuine and passes its filter fires. */
import { WEBHOOK_ROOTS, WebhookConfig, type WebhookScheme } from '../contract/webhook-trigger.ts'
import { type FieldError, factKind } from './kind.ts'
import { faultsOf, HOLDS, match } from './matching.ts'

const SENDERS: Record<WebhookScheme, string> = {
  standard: 'by a signed webhook',
  github: 'by GitHub',
  stripe: 'by Stripe',
  token: 'with its token',
}

export const webhook = factKind({
  kind: 'webhook',
  own: true,
  config: WebhookConfig,
  judge({ scheme, idFrom, filter }) {
    const faults: FieldError[] = filter ? faultsOf(filter, WEBHOOK_ROOTS, 'webhook.filter') : []
    if (idFrom && scheme !== 'token')
      faults.push({
        path: 'webhook.idFrom',
        message: `does not go with "${scheme}", which says where the id stands`,
      })
    return faults
  },
  describe: ({ scheme }) => `When it is called ${SENDERS[scheme]}`,
  accepts: ({ filter }, call) => (filter ? match(filter, call) : HOLDS),
})
