/** A signed webhook, as Standard Webhooks has it: a receiver knows whom it is from, and tells a repeat by its id. */
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { post } from '../over-http.ts'
import { channelKind } from '../port.ts'

const config = z.strictObject({
  url: z.url('expects an address such as https://example.com/hook').max(2_000).meta({ title: 'Address' }),
  secret: z
    .string()
    .min(8, 'expects at least 8 characters')
    .max(500)
    .meta({ title: 'Secret', description: 'One is made where none is entered.', writeOnly: true }),
})

function signatureOf(secret: string, id: string, timestamp: string, body: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

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
          'webhook-signature': signatureOf(secret, id, timestamp, body),
        },
      },
    )
  },
})
