/**
 * Whether all servers of one database go by the same secrets: else whoever signs in at one is a stranger to the
 * next, and what one has sealed another cannot open.
 *
 * Promise: every server that lives says what it goes by, so whichever of them is asked names the difference.
 */
import { randomUUID, scryptSync } from 'node:crypto'
import { forgetSetting, setSetting, settingsLike } from '#db/queries/upkeep.ts'
import type { Store } from '#db/store.ts'
import { type Clock, minutes } from '#lib/clock.ts'
import type { Secrets } from './secrets.ts'

const PREFIX = 'secrets of '
const SAID_EVERY_MS = minutes(1)
/** A server that has not said it for so long lives no more. */
const HOLDS_MS = minutes(3)

/** What a difference means. */
const SECRETS = {
  JWT_SECRET: {
    of: ({ JWT_SECRET }: Secrets) => JWT_SECRET,
    words: 'another JWT_SECRET: whoever signs in there is unknown here',
  },
  SIG: {
    of: ({ SIG_KEY, SIG_SALT }: Secrets) => `${SIG_KEY} ${SIG_SALT}`,
    words: 'another SIG_KEY or SIG_SALT: secrets that were saved there cannot be opened here',
  },
}
const ALL = Object.values(SECRETS)

export interface SecretMark {
  /** Says what this server goes by, as long as it lives. Answers how to end that. */
  leaveMark(): Promise<() => void>
  /** In words, what another living server goes by that this one does not. */
  otherSecrets(): Promise<string[]>
}

export function createSecretMark(store: Store, clock: Clock, secrets: Secrets): SecretMark {
  const ownName = `${PREFIX}${randomUUID()}`
  let marks: string[] | null = null
  // Slow on purpose: whoever reads the database must not find a weak secret by trying.
  const own = () =>
    (marks ??= ALL.map(({ of }) =>
      scryptSync(of(secrets), 'carillon: the secret of this installation', 16).toString('hex'),
    ))
  const say = () => setSetting(store, ownName, [clock.now().getTime(), ...own()].join(' '))

  async function others() {
    const rows = await settingsLike(store, PREFIX)
    return rows
      .filter((it) => it.name !== ownName)
      .map(({ name, value }) => {
        const [saidAt, ...theirs] = value.split(' ')
        return { name, marks: theirs, lives: clock.now().getTime() - Number(saidAt) < HOLDS_MS }
      })
  }

  return {
    async leaveMark() {
      await say()
      for (const it of await others()) if (!it.lives) await forgetSetting(store, it.name)
      let callOff = () => {}
      const again = () => {
        // One that could not be said is said by the next.
        void say().catch(() => {})
        callOff = clock.after(SAID_EVERY_MS, again)
      }
      callOff = clock.after(SAID_EVERY_MS, again)
      return () => {
        callOff()
        void forgetSetting(store, ownName).catch(() => {})
      }
    },
    async otherSecrets() {
      // Where no other server can be, what stands there is of an earlier life.
      const living = store.shared ? (await others()).filter((it) => it.lives) : []
      return ALL.filter((_, n) => living.some((it) => it.marks[n] !== own()[n])).map(({ words }) => words)
    },
  }
}
