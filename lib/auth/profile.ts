/**
 * What a person sets for themselves, and where they are signed in.
 *
 * Promise: nobody reaches the sessions of another; one that is ended opens nothing from then on, and what is open by
 * it is closed.
 */
import * as profiles from '#db/queries/profiles.ts'
import type { Store } from '#db/store.ts'
import type { Clock } from '#lib/clock.ts'
import { notFound } from '#lib/contract/problem.ts'
import { NO_PREFERENCES, type Preferences, type ProfileChange, type Session } from '#lib/contract/profile.ts'
import type { Actor } from './actor.ts'

type Person = Extract<Actor, { kind: 'person' }>

export interface Profile {
  /** Of a key its name, and what nobody has set. */
  of(actor: Actor): Promise<{ name: string; preferences: Preferences }>
  change(person: Person, to: ProfileChange): Promise<void>
  sessions(person: Person): Promise<Session[]>
  /** @throws ProblemError 404 where it is none of theirs. */
  endSession(person: Person, sessionId: string): Promise<void>
  /** Answers how many there were. */
  endSessions(person: Person): Promise<number>
}

export function createProfile(store: Store, clock: Clock): Profile {
  return {
    async of(actor) {
      const kept = actor.kind === 'person' ? await profiles.get(store, actor.id) : null
      return kept ?? { name: actor.name, preferences: NO_PREFERENCES }
    },
    change: (person, to) => profiles.change(store, person.id, to, clock.now()),
    async sessions(person) {
      const open = await profiles.sessions(store, person.id, clock.now())
      return open.map((it) => ({ ...it, current: it.id === person.sessionId }))
    },
    async endSession(person, sessionId) {
      if (!(await profiles.endSession(store, person.id, sessionId))) throw notFound('session')
    },
    endSessions: (person) => profiles.endSessions(store, person.id),
  }
}
