/**
 * Idempotency keys: a client that did not hear the answer asks again, and gets it again.
 *
 * Promise: one performance for each key of each caller; only what succeeded is kept, and it is kept sealed,
 * since an answer may carry a secret that is shown once.
 */
import * as idempotency from '#db/queries/idempotency.ts'
import type { Store } from '#db/store.ts'
import { type Clock, minutes } from '#lib/clock.ts'
import { ProblemError } from '#lib/contract/problem.ts'
import { createSeal } from './seal.ts'

export interface Given {
  status: number
  answer: unknown
}
export interface Asked {
  actor: string
  key: string
  method: string
  path: string
  body: string
}

export interface Answers {
  once(asked: Asked, perform: () => Promise<Given>): Promise<Given & { replayed: boolean }>
}

const ABANDONED_MS = minutes(1)

export function createAnswers(store: Store, clock: Clock, secret: string): Answers {
  const seal = createSeal(secret, 'answers')
  return {
    async once({ actor, key, method, path, body }, perform) {
      const now = clock.now()
      const asked = { actor, key, fingerprint: seal.digest(JSON.stringify([method, path, body])) }
      const place = `${actor} ${key}`
      const turn = await idempotency.begin(store, asked, now, new Date(now.getTime() - ABANDONED_MS))
      if (turn.kind !== 'perform' && turn.fingerprint !== asked.fingerprint) {
        throw new ProblemError(
          422,
          'This Idempotency-Key was used for another request. Choose a new key for each new request.',
        )
      }
      if (turn.kind === 'underway')
        throw new ProblemError(
          409,
          'The first request with this Idempotency-Key is still being answered. Ask again in a moment.',
        )
      if (turn.kind === 'answered') {
        const answer = seal.open(turn.answer, place)
        if (answer === null)
          throw new ProblemError(
            409,
            "This request was answered before, but the answer can no longer be read: the installation's secret has changed.",
          )
        return { status: turn.status, answer: JSON.parse(answer), replayed: true }
      }
      let given: Given
      try {
        given = await perform()
      } catch (error) {
        await idempotency.forget(store, asked)
        throw error
      }
      await idempotency.finish(store, asked, given.status, seal.close(JSON.stringify(given.answer), place))
      return { ...given, replayed: false }
    },
  }
}
