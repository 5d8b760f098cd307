/** Discord, by a webhook of a channel there: its address is the secret. */
import { z } from 'zod'
import { post } from '../over-http.ts'
import { channelKind } from '../port.ts'

const config = z.strictObject({
  url: z
    .url('expects the address of a webhook')
    .max(2_000)
    .meta({ title: 'Address of the webhook', writeOnly: true }),
})
const MOST = 2_000
const waitOf = (answer: unknown) => {
  const seconds = (answer as { retry_after?: unknown } | null)?.retry_after
  return typeof seconds === 'number' ? seconds : undefined
}

export const discord = channelKind({
  kind: 'discord',
  name: 'Discord',
  description: 'A webhook of a channel on Discord.',
  config,
  tellsRepeats: false,
  addresses: ({ url }) => [url],
  send({ url }, { message, ways }) {
    const { title, text, url: link } = message
    const room = MOST - title.length - link.length - 10
    const content = `**${title}**\n${text.slice(0, Math.max(0, room))}\n<${link}>`.slice(0, MOST)
    // Nobody is called by what a text happens to say.
    const body = JSON.stringify({ content, allowed_mentions: { parse: [] } })
    return post({ ways }, { url, body, retryAfterSeconds: waitOf })
  },
})
