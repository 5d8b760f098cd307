/**
 * Changes are noted with what they change.
 *
 * Promise: within `record`, the first transaction that changes a row has the note in it, whatever verb it belongs to:
 * no change without its note, no note without a change. What only keeps books (`isBookkeeping`) is no change.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Statement } from './statement.ts'
import type { Store } from './store.ts'

/** Answers its id. */
export type Note = Statement<{ id: number }>

interface Open {
  note: Note
  /** Its number, once it is written. */
  id: number | null
  /** A row was changed outside of a transaction. */
  touched: boolean
  /** Nothing that goes on afterwards belongs to it. */
  over: boolean
}

export interface Recording {
  /** `id`: of the note; null where nothing was changed. */
  record<Answer>(note: Note, perform: () => Promise<Answer>): Promise<{ answer: Answer; id: number | null }>
  /** Done for whoever asks, and no change of theirs: traces of what has passed, upkeep. */
  aside<Answer>(perform: () => Answer): Answer
}

export function recordingOn(inner: Store): { store: Store; recording: Recording } {
  const current = new AsyncLocalStorage<Open | undefined>()
  const open = (): Open | null => {
    const it = current.getStore()
    return it && !it.over && it.id === null ? it : null
  }
  const atomically: Store['atomically'] = async (statements) => {
    const it = open()
    if (!it) return inner.atomically(statements)
    const { answers, noted } = await inner.noting(statements, it.note)
    it.id ??= (noted as { id: number } | null)?.id ?? null
    return answers
  }
  const store: Store = {
    ...inner,
    atomically,
    q: watched(inner.q, () => {
      const it = open()
      if (it) it.touched = true
    }),
  }
  return {
    store,
    recording: {
      async record(note, perform) {
        const it: Open = { note, id: null, touched: false, over: false }
        try {
          const answer = await current.run(it, perform)
          if (it.id === null && it.touched) it.id = (await inner.all(note))[0]?.id ?? null
          return { answer, id: it.id }
        } finally {
          it.over = true
        }
      },
      aside: (perform) => current.run(undefined, perform),
    },
  }
}

const CHANGES = new Set<PropertyKey>(['insert', 'update', 'delete'])

/** The builder, which tells when something is changed through it. */
const watched = (q: Store['q'], changes: () => void): Store['q'] =>
  new Proxy(q, {
    get(target, name) {
      if (CHANGES.has(name)) changes()
      const it: unknown = Reflect.get(target, name)
      return typeof it === 'function' ? it.bind(target) : it
    },
  })
