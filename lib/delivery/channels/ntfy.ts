/** ntfy: a topic on ntfy.sh, or on a server of one's own. */
import { z } from 'zod'
import { bytesOf, fitted } from '../fitting.ts'
import { post } from '../over-http.ts'
import { channelKind, type Message } from '../port.ts'

const SERVER = 'https://ntfy.sh'

const config = z.strictObject({
  server: z
    .url('expects an address such as https://ntfy.sh')
    .max(500)
    .optional()
    .meta({ title: 'Server', description: `${SERVER}, unless another is entered.` }),
  topic: z
    .string()
    .trim()
    .regex(/^[\w-]{1,64}$/, 'expects letters, digits, - and _')
    .meta({ title: 'Topic', description: 'On ntfy.sh whoever knows it can read along.' }),
  token: z.string().trim().min(1).max(500).optional().meta({ title: 'Access token', writeOnly: true }),
})
const MOST_BYTES = 3_900
const priorityOf = ({ event }: Message) =>
  event === 'failure' || event === 'disabled' || event === 'approval' ? 4 : 3

export const ntfy = channelKind({
  kind: 'ntfy',
  name: 'ntfy',
  description: 'A topic on ntfy.sh or a server of your own.',
  config,
  tellsRepeats: false,
  addresses: ({ server = SERVER }) => [server],
  send({ server = SERVER, topic, token }, { message, ways }) {
    const { title, text, url: click } = message
    // As JSON: in headers it would have to be ASCII.
    const body = JSON.stringify({
      topic,
      title: fitted(title, { most: 400, sizeOf: bytesOf }),
      message: fitted(text, { most: MOST_BYTES, sizeOf: bytesOf }),
      priority: priorityOf(message),
      click,
    })
    return post({ ways }, { url: server, body, headers: token ? { authorization: `Bearer ${token}` } : {} })
  },
})
