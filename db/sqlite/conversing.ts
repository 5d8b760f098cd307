/**
 * Transactions that are a conversation, on the one connection that there is.
 *
 * Promise: what is asked within one, by whatever is called there, is part of it, and nothing else is: everybody else
 * waits until it is over. A conversation ends, whatever becomes of whoever leads it; where the thread of the database
 * has died meanwhile, nothing of it is left, and nothing more is written in its name.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { MOST_TALK_MS, type Store, type Talk, TalkTooLong } from '../store.ts'
import type { Remote } from './threaded.ts'

/** `lost`: it took too long; whoever still talks in it is refused. */
interface Session {
  state: 'open' | 'over' | 'lost'
  attempts: number
}
type Patiently = <Answer>(ask: () => Promise<Answer>) => Promise<Answer>

export function conversing(
  remote: Remote,
  patiently: Patiently,
): { connection: Remote; converse: Store['converse'] } {
  const inside = new AsyncLocalStorage<Session>()
  let busy: Promise<void> | null = null

  async function othersDone(): Promise<void> {
    while (busy) await busy
  }
  /** Who is part of a conversation, or comes when there is none, need not wait. */
  const within = (): boolean => {
    const session = inside.getStore()
    if (session?.state === 'lost') throw new TalkTooLong()
    return session?.state === 'open'
  }
  async function say(text: string): Promise<void> {
    await remote.run([{ text, params: [] }], {})
  }

  function talkIn(session: Session): Talk {
    return {
      async attempt(step) {
        const name = `attempt_${++session.attempts}`
        await connection.run([{ text: `savepoint ${name}`, params: [] }], {})
        try {
          const answer = await step()
          await connection.run([{ text: `release ${name}`, params: [] }], {})
          return answer
        } catch (error) {
          await connection.run([{ text: `rollback to ${name}`, params: [] }], {})
          throw error
        }
      },
    }
  }

  const connection: Remote = {
    ...remote,
    async run(calls, how) {
      if (within()) return remote.run(calls, { ...how, within: true })
      if (busy) await othersDone()
      return remote.run(calls, how)
    },
    async query(call, method) {
      if (within()) return remote.query(call, method, { within: true })
      if (busy) await othersDone()
      return remote.query(call, method)
    },
  }

  async function converse<Answer>(work: (talk: Talk) => Promise<Answer>): Promise<Answer> {
    const around = inside.getStore()
    if (around?.state === 'open') return talkIn(around).attempt(() => work(talkIn(around)))
    // One after another, in the order of asking.
    const before = busy
    const { promise, resolve } = Promise.withResolvers<void>()
    busy = promise
    await before
    const session: Session = { state: 'open', attempts: 0 }
    const limit = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      session.state = 'lost'
      limit.reject(new TalkTooLong())
    }, MOST_TALK_MS)
    try {
      await patiently(() => say('begin immediate'))
      const answer = await Promise.race([inside.run(session, () => work(talkIn(session))), limit.promise])
      session.state = 'over'
      await remote.run([{ text: 'commit', params: [] }], { within: true })
      return answer
    } catch (error) {
      if (session.state === 'open') session.state = 'over'
      // A thread that died has taken it along.
      await say('rollback').catch(() => {})
      throw error
    } finally {
      clearTimeout(timer)
      if (busy === promise) busy = null
      resolve()
    }
  }
  return { connection, converse }
}
