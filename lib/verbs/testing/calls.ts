/** Calls of a webhook, as its door takes them in and carries them. */
import { take } from '#db/queries/webhooks.ts'
import type { World } from '../../engine/testing/world.ts'
import { carry } from '../carrying.ts'

const NONE = { signature: null, verdict: null, status: 202, remoteAddress: null, reason: null }

export async function calls(it: World, triggerId: number, deliveryId: string, said: object): Promise<void> {
  const body = JSON.stringify(said)
  const call = {
    ...{ triggerId, deliveryId, first: deliveryId, receivedAt: it.clock.now().getTime(), ...NONE },
    ...{ executionId: null, replayOf: null, headers: '{}', query: '{}', bodyHash: body, body },
    ...{ bytes: body.length, isBase64: false, trace: '[]' },
  }
  const [taken] = await take(it.store, [call])
  if (taken) await carry(it, it.workspaceId, taken.delivery)
}
