/** Slack, by an incoming webhook: its address is the secret. */
import { z } from 'zod'
import { fitted } from '../fitting.ts'
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
const written = (text: string, most: number) => fitted(text, { most, write: plain })

export const slack = channelKind({
  kind: 'slack',
  name: 'Slack',
  description: 'An incoming webhook of a Slack workspace.',
  config,
  tellsRepeats: false,
  addresses: ({ url }) => [url],
  send({ url }, { message, ways }) {
    const { title, text, url: link } = message
    const body = JSON.stringify({
      text: `*${written(title, 400)}*\n${written(text, MOST)}\n<${link}>`,
      // Slack would open what a text names, and show what it finds there.
      ...{ unfurl_links: false, unfurl_media: false },
    })
    return post({ ways }, { url, body })
  },
})
