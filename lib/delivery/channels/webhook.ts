/** A signed webhook, as Standard Webhooks has it: a receiver knows whom it is from, and tells a repeat by its id. */
import { z } from 'zod'
import { SigningSecret, signatureOf } from '../../net/signing.ts'
import { post } from '../over-http.ts'
import { channelKind } from '../port.ts'

const config = z.strictObject({
  url: z.url('expects an address such as https://example.com/hook').max(2_000).meta({ title: 'Address' }),
  secret: SigningSecret.meta({
    title: 'Secret',
    description: 'One is made where none is entered.',
    writeOnly: true,
  }),
})

export const webhook = channelKind({
  kind: 'webhook',
  name: 'Webhook',
  description: 'An address of yours that takes a POST, signed as Standard Webhooks has it.',
  config,
  tellsRepeats: true,
  addresses: ({ url }) => [url],
  send({ url, secret }, { id, message, ways }) {
    const { event, at, about, title, text, url: link } = message
    const data = { ...about, title, text, url: link }
    const body = JSON.stringify({ type: `carillon.${event}`, timestamp: at, data })
    const timestamp = String(Math.floor(ways.now().getTime() / 1000))
    return post(
      { ways },
      {
        url,
        body,
        headers: {
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': signatureOf(secret, { id, timestamp, body }),
        },
      },
    )
  },
})
