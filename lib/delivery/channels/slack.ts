/** Slack, by an incoming webhook: its address is the secret. */
import { z } from 'zod'
import { post } from '../over-http.ts'
import { channelKind } from '../port.ts'

const config = z.strictObject({
  url: z
    .url('expects the address of an incoming webhook')
    .max(2_000)
    .meta({ title: 'Address of the incoming webhook', writeOnly: true }),
})
/** In a text of Slack these three begin markup; a star or an underscore at most leans a word. */
const plain = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const MOST = 3_000

export const slack = channelKind({
  kind: 'slack',
  name: 'Slack',
  description: 'An incoming webhook of a Slack workspace.',
  config,
  tellsRepeats: false,
  addresses: ({ url }) => [url],
  send({ url }, { message, ways }) {
    const { title, text, url: link } = message
    const body = JSON.stringify({ text: `*${plain(title)}*\n${plain(text).slice(0, MOST)}\n<${link}>` })
    return post({ ways }, { url, body })
  },
})
