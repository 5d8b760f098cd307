/** Apprise, by its HTTP API: a hundred services more, each a target of its own notation. */
import { z } from 'zod'
import { post } from '../over-http.ts'
import { channelKind, type Message } from '../port.ts'

const config = z.strictObject({
  url: z
    .url('expects the address of an Apprise API server')
    .max(2_000)
    .meta({ title: 'Address of the Apprise API', description: 'Such as http://apprise:8000.' }),
  targets: z
    .array(z.string().trim().min(3).max(2_000).meta({ writeOnly: true }))
    .min(1, 'expects a target')
    .max(50)
    .meta({
      title: 'Targets',
      description: 'As Apprise writes them, such as gotify://host/token. Each is kept in confidence.',
    }),
})
const typeOf = ({ event }: Message) => {
  if (event === 'failure' || event === 'disabled') return 'failure'
  return event === 'recovery' || event === 'success' ? 'success' : 'info'
}

export const apprise = channelKind({
  kind: 'apprise',
  name: 'Apprise',
  description: 'A server of the Apprise API, and the services that it is to tell.',
  config,
  tellsRepeats: false,
  addresses: ({ url }) => [url],
  send({ url, targets }, { message, ways }) {
    const { title, text, url: link } = message
    const body = JSON.stringify({
      urls: targets.join(','),
      title,
      body: `${text}\n\n${link}`,
      type: typeOf(message),
      format: 'text',
    })
    return post({ ways }, { url: `${url.replace(/\/+$/, '').replace(/\/notify$/, '')}/notify`, body })
  },
})
