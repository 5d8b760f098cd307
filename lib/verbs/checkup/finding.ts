/** What a check is given, and how it says what it finds. */
import type { Store } from '#db/store.ts'
import type { Box } from '../../agents/sealed.ts'
import type { Finding } from '../../contract/checkup.ts'
import type { Env } from '../../env.ts'

type Seal = Box & { digest(text: string): string }

export interface Patient {
  env: Env
  /** Null where nothing is sealed yet. @throws where the secrets cannot be read */
  box: () => Seal | null
  database: DatabaseFacts | null
  store: Store | null
  now: Date
}

/** What can be seen of a database without opening it as a server would, which brings it up to date. */
export interface DatabaseFacts {
  verdict: string
  journal: string
  bytes: number
  newestMigration: number
}

export const ok = (says: string): Finding => ({ level: 'ok', says, remedy: null })
export const warn = (says: string, remedy: string): Finding => ({ level: 'warn', says, remedy })
export const fail = (says: string, remedy: string): Finding => ({ level: 'fail', says, remedy })

/** Null: the question does not arise here. */
export type Check = readonly [
  name: string,
  look: (patient: Patient) => Finding | null | Promise<Finding | null>,
]

export const MOST_NAMED = 3
/** Names are other people's text: quoted, so that no control character reaches the terminal. */
export const named = (names: string[]) =>
  `${names
    .slice(0, MOST_NAMED)
    .map((it) => JSON.stringify(it))
    .join(', ')}${names.length > MOST_NAMED ? ' …' : ''}`
