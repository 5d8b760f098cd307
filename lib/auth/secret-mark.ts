/**
 * Whether all servers of one database sign with the same secret;
 * else whoever signs in at one is a stranger to the next.
 */
import { scryptSync } from 'node:crypto'
import { setSetting, setting } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'

const NAME = 'secret_mark'

export interface SecretMark {
  /** A server begins: from now on its secret is the one to go by. */
  leaveMark(): Promise<void>
  /** A server that began later signs with another secret. */
  secretDiffers(): Promise<boolean>
}

export function createSecretMark(store: Store, secret: string): SecretMark {
  let mark: string | null = null
  // Slow on purpose: whoever reads the database must not find a weak secret by trying.
  const own = () =>
    (mark ??= scryptSync(secret, 'carillon: the secret of this installation', 16).toString('hex'))
  return {
    leaveMark: () => setSetting(store, NAME, own()),
    secretDiffers: async () => ((await setting(store, NAME)) ?? own()) !== own(),
  }
}
