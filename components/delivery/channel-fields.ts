/** What each kind of channel asks for, and how its settings are written into a form and read out of it. */
import { CHANNEL_KINDS, type Channel, type ChannelKindName } from '#lib/contract/delivery.ts'
import { KIND_NAMES } from './words.ts'

export interface ChannelField {
  name: string
  label: string
  /** `secret`: kept sealed, and masked once it is there. `list`: one on each line. */
  type: 'text' | 'secret' | 'list' | 'secrets' | 'number' | 'switch'
  hint?: string
  placeholder?: string
  optional?: boolean
}
interface Kind {
  about: string
  fields: readonly ChannelField[]
}

const SEALED = 'Stored encrypted, and never shown again.'

export const KINDS: Record<ChannelKindName, Kind> = {
  email: {
    about: 'Goes through the mail settings of this workspace, unless you enter another server.',
    fields: [
      {
        name: 'to',
        label: 'To',
        type: 'list',
        hint: 'One address on each line.',
        placeholder: 'ada@example.com',
      },
      {
        name: 'from',
        label: 'From',
        type: 'text',
        optional: true,
        placeholder: 'Carillon <carillon@example.com>',
      },
      {
        name: 'host',
        label: 'Another server',
        type: 'text',
        optional: true,
        placeholder: 'mail.example.com',
      },
      { name: 'port', label: 'Its port', type: 'number', optional: true },
      { name: 'secure', label: 'TLS from the start', type: 'switch', optional: true },
      { name: 'user', label: 'Its user', type: 'text', optional: true },
      { name: 'password', label: 'Its password', type: 'secret', optional: true, hint: SEALED },
    ],
  },
  webhook: {
    about: 'A POST to an address of yours, signed as in Standard Webhooks.',
    fields: [
      { name: 'url', label: 'Address', type: 'text', placeholder: 'https://example.com/hook' },
      {
        ...{ name: 'secret', label: 'Secret', type: 'secret', optional: true },
        hint: 'Leave it empty to have one made and shown to you once.',
      },
    ],
  },
  slack: {
    about: 'Create an incoming webhook in Slack and enter its address.',
    fields: [
      {
        ...{ name: 'url', label: 'Address of the webhook', type: 'secret', hint: SEALED },
        placeholder: 'https://hooks.slack.com/services/…',
      },
    ],
  },
  discord: {
    about: 'Create a webhook in the settings of a Discord channel and enter its address.',
    fields: [
      {
        ...{ name: 'url', label: 'Address of the webhook', type: 'secret', hint: SEALED },
        placeholder: 'https://discord.com/api/webhooks/…',
      },
    ],
  },
  telegram: {
    about: 'Create a bot with @BotFather, write to it once, then enter its token and the chat.',
    fields: [
      { name: 'token', label: 'Token of the bot', type: 'secret', hint: SEALED },
      { name: 'chatId', label: 'Chat', type: 'text', hint: 'Its number, or @ and the channel name.' },
      {
        name: 'server',
        label: 'Server',
        type: 'text',
        optional: true,
        hint: 'Only if you run your own Bot API server.',
      },
    ],
  },
  ntfy: {
    about:
      'A topic on ntfy.sh, or on a server of your own. On ntfy.sh anyone who knows its name can read it.',
    fields: [
      { name: 'topic', label: 'Topic', type: 'text' },
      { name: 'server', label: 'Server', type: 'text', optional: true, placeholder: 'https://ntfy.sh' },
      { name: 'token', label: 'Access token', type: 'secret', optional: true, hint: SEALED },
    ],
  },
  push: {
    about:
      'Notifications in browsers: your own, or those of all members of the workspace, wherever they have turned them on.',
    fields: [],
  },
  apprise: {
    about: 'An Apprise API server, which reaches a hundred more services.',
    fields: [
      { name: 'url', label: 'Address of the Apprise API', type: 'text', placeholder: 'http://apprise:8000' },
      {
        ...{ name: 'targets', label: 'Targets', type: 'secrets' },
        hint: `One on each line, as Apprise writes them. ${SEALED}`,
        placeholder: 'gotify://host/token',
      },
    ],
  },
}
export const KIND_OPTIONS = CHANNEL_KINDS.map((value) => ({ value, label: KIND_NAMES[value] }))
/** What is another of a person's own. */
const OWN: Partial<Record<ChannelKindName, string>> = {
  email: 'Goes to the address of your account, through the mail settings of the workspace it is about.',
  push: 'Notifications in every browser in which you have turned them on.',
}
export const aboutKind = (kind: ChannelKindName, own: boolean): string =>
  (own ? OWN[kind] : undefined) ?? KINDS[kind].about

/** A secret of the workspace, by its name. */
const REF = 'secret:'
const shownText = (it: unknown): string =>
  typeof it === 'object' && it !== null && 'secret' in it ? `${REF}${String(it.secret)}` : String(it ?? '')
const meant = (text: string) => (text.startsWith(REF) ? { secret: text.slice(REF.length) } : text)
const linesOf = (text: string) =>
  text
    .split(/[\n,]/)
    .map((it) => it.trim())
    .filter(Boolean)

export type Draft = Record<string, string>

export function draftOf(channel: Channel | null): Draft {
  const config = channel?.config ?? {}
  return Object.fromEntries(
    Object.entries(config).map(([name, it]) => [
      name,
      Array.isArray(it) ? it.map(shownText).join('\n') : shownText(it),
    ]),
  )
}

/** What was left empty is not set. */
export function configOf(kind: ChannelKindName, draft: Draft): Record<string, unknown> {
  const entries = KINDS[kind].fields.flatMap(({ name, type }) => {
    const text = (draft[name] ?? '').trim()
    return text === '' ? [] : [[name, settingOf(type, text)] as const]
  })
  return Object.fromEntries(entries)
}

function settingOf(type: ChannelField['type'], text: string): unknown {
  switch (type) {
    case 'list':
      return linesOf(text)
    case 'secrets':
      return text
        .split('\n')
        .map((it) => meant(it.trim()))
        .filter(Boolean)
    case 'number':
      return Number(text)
    case 'switch':
      return text === 'true'
    case 'secret':
      return meant(text)
    case 'text':
      return text
  }
}
