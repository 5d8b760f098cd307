/** What tells people elsewhere, in the small world of the engine: channels are what their rows say, unsealed. */
import pino from 'pino'
import * as channels from '#db/queries/channels.ts'
import * as rows from '#db/queries/deliveries.ts'
import * as incidents from '#db/queries/incidents.ts'
import { listOf } from '#db/queries/owing.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '../../clock.ts'
import { NewRule, type Tellable } from '../../contract/delivery.ts'
import type { Mail } from '../../mail/mail.ts'
import { createDeliveries } from '../index.ts'
import { createPush } from '../push.ts'

interface Ground {
  store: Store
  clock: Clock
  workspaceId: number
  mail?: Pick<Mail, 'send'>
}

/** Seals nothing. */
export const plainBox = { close: (text: string) => text, open: (text: string) => text }
const noMail = { send: () => Promise.reject(new Error('no mail here')) }

export function telling({ store, clock, workspaceId, mail = noMail }: Ground, serverId = 'server-1') {
  let unreadable: Error | null = null
  const deliveries = createDeliveries({
    ...{ store, clock, serverId, mail },
    push: createPush({
      ...{ store, clock, box: plainBox, baseUrl: 'https://carillon.example.com' },
      allowedPrivateNetworks: ['127.0.0.1/32'],
    }),
    log: pino({ level: 'silent' }),
    baseUrl: 'https://carillon.example.com',
    allowedPrivateNetworks: ['127.0.0.1/32'],
    open: async ({ config }) => {
      if (unreadable) throw unreadable
      return { config: JSON.parse(config) as unknown, hide: (text) => text }
    },
    hint: () => {},
  })
  const now = () => clock.now()
  return {
    deliveries,
    /** From now on no channel's settings can be read, until null is given. */
    failToOpen(error: Error | null) {
      unreadable = error
    },
    async channel(
      kind: string,
      config: object,
      change: Partial<channels.ChannelValues> = {},
    ): Promise<number> {
      const values = {
        workspaceId,
        userId: null,
        name: kind,
        kind,
        config: JSON.stringify(config),
        quietHours: null,
      }
      const rest = { digestAt: null, maxPerHour: 20, enabled: true, problem: null, createdBy: 'ada' }
      const row = await channels.add(store, { ...values, ...rest, ...change }, { now: now(), most: 50 })
      return row?.id as number
    },
    async rule(channelId: number, on: Tellable[], change: object = {}): Promise<number> {
      const { triggerIds, on: events, ...rest } = NewRule.parse({ channelId, on, ...change })
      const lists = { triggerIds: triggerIds && listOf(triggerIds), events: listOf(events) }
      const row = await channels.addRule(
        store,
        { workspaceId, ...rest, ...lists, createdBy: 'ada' },
        { now: now(), most: 200 },
      )
      return row?.id as number
    },
    /** Oldest first. */
    log: async () =>
      (await rows.list(store, workspaceId, {}, { before: Number.MAX_SAFE_INTEGER, limit: 1000 })).reverse(),
    incidents: async (status?: 'open' | 'closed') =>
      incidents.list(store, workspaceId, { status, before: Number.MAX_SAFE_INTEGER, limit: 200 }),
    acknowledge: (id: number) => incidents.acknowledge(store, { workspaceId, id, by: 'Ada', now: now() }),
  }
}
