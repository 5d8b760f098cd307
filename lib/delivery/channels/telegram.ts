/** Telegram, by a bot: its token stands in the address that is asked. */
import { z } from 'zod'
import { fitted } from '../fitting.ts'
import { post } from '../over-http.ts'
import { channelKind } from '../port.ts'

const SERVER = 'https://api.telegram.org'

const config = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(/^\d{3,20}:[\w-]{10,100}$/, 'expects the token that @BotFather gives out')
    .meta({ title: 'Token of the bot', writeOnly: true }),
  chatId: z
    .union([
      z
        .string()
        .trim()
        .regex(/^(?:-?\d{1,20}|@\w{3,64})$/, 'expects a number, or @ and a name'),
      z.int(),
    ])
    .meta({ title: 'Chat', description: 'Its number, or @ and the name of a channel.' }),
  server: z
    .url()
    .max(500)
    .optional()
    .meta({ title: 'Server', description: `Only of a Bot API server of your own.` }),
})
const MOST = 4_096
const waitOf = (answer: unknown) => {
  const seconds = (answer as { parameters?: { retry_after?: unknown } } | null)?.parameters?.retry_after
  return typeof seconds === 'number' ? seconds : undefined
}

export const telegram = channelKind({
  kind: 'telegram',
  name: 'Telegram',
  description: 'A bot, by its token, and the chat in which it writes.',
  config,
  tellsRepeats: false,
  addresses: ({ server = SERVER }) => [server],
  send({ token, chatId, server = SERVER }, { message, ways }) {
    const { title, text, url: link } = message
    const head = fitted(title, { most: 400 })
    const words = fitted(text, { most: MOST - head.length - link.length - 4 })
    const body = JSON.stringify({
      chat_id: chatId,
      text: `${head}\n\n${words}\n\n${link}`,
      // Telegram would open what a text names, and show what it finds there.
      link_preview_options: { is_disabled: true },
    })
    const url = `${server.replace(/\/+$/, '')}/bot${token}/sendMessage`
    return post({ ways }, { url, body, retryAfterSeconds: waitOf })
  },
})
