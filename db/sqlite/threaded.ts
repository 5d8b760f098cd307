/**
 * The database in a thread of its own: while it works, and while it waits for the disk or another writer, the
 * server answers.
 *
 * Promise: what is asked is done in the order of asking. A thread that dies fails what was under way, as a
 * database that is away does, and is made anew for what comes next: all it knew stands in the file.
 */
import { Worker } from 'node:worker_threads'
import { StoreUnavailable } from '../store.ts'
import type { Call, How, Method } from './connection.ts'
import type { Answered, Asked } from './thread.ts'

/** A connection whose answers come later. */
export interface Remote {
  run(calls: readonly Call[], how: How): Promise<Record<string, unknown>[][]>
  query(call: Call, method: Method, how?: Pick<How, 'within'>): Promise<{ rows: unknown[]; changes?: number }>
  dataVersion(): Promise<number>
  close(): Promise<void>
}

interface Waiting {
  resolve(answer: unknown): void
  reject(error: Error): void
}

/** `begun`: called whenever the thread is made, at first and anew. */
export function threaded(file: string, begun: () => void = () => {}): Remote {
  let thread: Worker | null = null
  let waiting = new Map<number, Waiting>()
  let asked = 0
  let closed = false

  function begin(): Worker {
    const it = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { file } })
    const mine = waiting
    it.on('message', (answered: Answered) => {
      const one = mine.get(answered.id)
      mine.delete(answered.id)
      if ('json' in answered) one?.resolve(JSON.parse(answered.json))
      else one?.reject(Object.assign(new Error(answered.error.message), { code: answered.error.code }))
    })
    let why: Error | null = null
    it.on('error', (error) => {
      why = error as Error
    })
    it.on('exit', () => {
      if (thread === it) thread = null
      for (const one of mine.values()) one.reject(new StoreUnavailable('The database thread has ended.', why))
      mine.clear()
    })
    return it
  }

  function ask(it: Asked): Promise<unknown> {
    if (closed) return Promise.reject(new StoreUnavailable('The database is closed.', null))
    if (!thread) {
      waiting = new Map()
      thread = begin()
      begun()
    }
    const id = ++asked
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    waiting.set(id, { resolve, reject })
    thread.postMessage({ id, asked: it })
    return promise
  }

  return {
    run: (calls, how) => ask({ kind: 'run', calls, how }) as ReturnType<Remote['run']>,
    query: (call, method, how) => ask({ kind: 'query', call, method, how }) as ReturnType<Remote['query']>,
    dataVersion: () => ask({ kind: 'dataVersion' }) as Promise<number>,
    async close() {
      if (closed) return
      const ended = ask({ kind: 'close' })
      closed = true
      await ended
      await thread?.terminate()
    },
  }
}
