/** Discord, by a webhook of a channel there: its address is the secret. */
import { z } from 'zod'
import { fitted } from '../fitting.ts'
import { post } from '../over-http.ts'
import { channelKind } from '../port.ts'

const config = z.strictObject({
  url: z
    .url('expects the address of a webhook')
    .max(2_000)
    .meta({ title: 'Address of the webhook', writeOnly: true }),
})
const MOST = 2_000
/** Nothing on a page that a text names is shown with it: Discord does not go there. */
const SUPPRESS_EMBEDS = 4

/** Before it, Discord shows each of them as it is. An address is left whole: in it they mean nothing. */
const plain = (piece: string) => (isAddress(piece) ? piece : piece.replace(/[\\*_~`|>#\-+[\]()<@]/g, '\\$&'))
const isAddress = (piece: string) => /^https?:/i.test(piece)
const piecesOf = (text: string) => text.match(/https?:\/\/[\w.~:/?#@!$&'()+,;=%-]+|[\s\S]/giu) ?? []
const written = (text: string, most: number) => fitted(text, { most, piecesOf, write: plain })
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
    const head = `**${written(title, 400)}**`
    const foot = `<${link}>`
    const content = `${head}\n${written(text, MOST - head.length - foot.length - 2)}\n${foot}`
    // Nobody is called by what a text happens to say.
    const body = JSON.stringify({ content, allowed_mentions: { parse: [] }, flags: SUPPRESS_EMBEDS })
    return post({ ways }, { url, body, retryAfterSeconds: waitOf })
  },
})
