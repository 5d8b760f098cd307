/** Every channel there is. A new one is a file beside this one and a line here. */
import type { ChannelKindName } from '../../contract/delivery.ts'
import type { ChannelKind } from '../port.ts'
import { apprise } from './apprise.ts'
import { discord } from './discord.ts'
import { email } from './email.ts'
import { ntfy } from './ntfy.ts'
import { push } from './push.ts'
import { slack } from './slack.ts'
import { telegram } from './telegram.ts'
import { webhook } from './webhook.ts'

export const channelKinds: Readonly<Record<ChannelKindName, ChannelKind>> = {
  email,
  webhook,
  slack,
  discord,
  telegram,
  ntfy,
  push,
  apprise,
}
