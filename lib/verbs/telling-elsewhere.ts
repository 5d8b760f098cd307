/** What tells people elsewhere, with what it needs of the house. */
import type { Logger } from 'pino'
import type { Store } from '#db/store.ts'
import type { Box } from '../agents/sealed.ts'
import type { Secrets } from '../agents/secrets.ts'
import type { Clock } from '../clock.ts'
import { createDeliveries, type DeliveryDeps } from '../delivery/index.ts'
import { createPush } from '../delivery/push.ts'
import type { Env } from '../env.ts'
import { createChannelConfigs } from './channel-config.ts'

interface Parts extends Pick<DeliveryDeps, 'mail' | 'serverId' | 'hint' | 'observe'> {
  store: Store
  clock: Clock
  log: Logger
  env: Env
  box: Box
  secrets: Secrets
}

export function tellingElsewhere({ env, box, secrets, ...parts }: Parts) {
  const { ALLOWED_PRIVATE_NETWORKS: allowedPrivateNetworks, BASE_URL, PORT } = env
  const channelConfigs = createChannelConfigs({ ...parts, box, secrets, allowedPrivateNetworks })
  const baseUrl = BASE_URL?.replace(/\/+$/, '') ?? `http://localhost:${PORT}`
  const push = createPush({ ...parts, box, baseUrl, allowedPrivateNetworks })
  const deliveries = createDeliveries({
    ...parts,
    push,
    baseUrl,
    allowedPrivateNetworks,
    open: channelConfigs.open,
  })
  return { channelConfigs, deliveries, push }
}
