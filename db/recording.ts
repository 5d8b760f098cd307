/**
 * Changes are noted with what they change.
 *
 * Promise: within `record`, the first transaction that changes a row has the note in it, whatever verb it belongs to:
 * no change without its note, no note without a change. What only keeps books (`isBookkeeping`) is no change. What is
 * changed through the builder is a transaction like any other.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { Column, is, type SQL } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import type { Definition, Statement } from './statement.ts'
import type { Store } from './store.ts'

/** Answers its id. */
export type Note = Statement<{ id: number }>

interface Open {
  note: Note
  /** Its number, once it is written. */
  id: number | null
  /** A row was changed in a way that nothing can be added to. */
  touched: boolean
  /** Nothing that goes on afterwards belongs to it. */
  over: boolean
}

export interface Recording {
  /** `id`: of the note; null where nothing was changed. */
  record<Answer>(note: Note, perform: () => Promise<Answer>): Promise<{ answer: Answer; id: number | null }>
  /** What is done goes by another name than what was asked for, such as a command: it is noted as that. */
  name(change: Record<string, unknown>): void
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
    return it ? notedWith(it, statements) : inner.atomically(statements)
  }
  const notedWith = async <const S extends readonly Statement[]>(it: Open, statements: S) => {
    const { answers, noted } = await inner.noting(statements, it.note)
    it.id ??= (noted as { id: number } | null)?.id ?? null
    return answers
  }
  const store: Store = {
    ...inner,
    atomically,
    q: watched(inner.q, {
      isOpen: () => open() !== null,
      async run(built) {
        const it = open()
        if (!it) return null
        const [rows] = await notedWith(it, [asStatement(built)])
        return { rows: rows ?? [] }
      },
      touch() {
        const it = open()
        if (it) it.touched = true
      },
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
      name(change) {
        const it = open()
        if (!it) return
        const [of, values] = it.note
        it.note = [of, { ...values, ...change }]
      },
      aside: (perform) => current.run(undefined, perform),
    },
  }
}

const CHANGES = new Set<PropertyKey>(['insert', 'update', 'delete'])
/** Other ways than `await` to have a built statement done. */
const AT_ONCE = new Set<PropertyKey>(['execute', 'run', 'all', 'get', 'values', 'prepare'])

/** A statement of drizzle's builder. */
interface Built extends PromiseLike<unknown> {
  getSQL(): SQL
  config?: { returning?: { path: string[]; field: unknown }[] | undefined }
}
const isBuilt = (it: object): it is Built => 'getSQL' in it && 'then' in it

interface Watching {
  isOpen(): boolean
  /** With its note; null where there is none to write. */
  run(built: Built): Promise<{ rows: unknown[] } | null>
  touch(): void
}

/** The builder, whose changes have their note. */
const watched = (q: Store['q'], by: Watching): Store['q'] =>
  new Proxy(q, {
    get(target, name) {
      const it: unknown = Reflect.get(target, name)
      if (typeof it !== 'function') return it
      if (!CHANGES.has(name) || !by.isOpen()) return it.bind(target)
      return (...given: unknown[]) => noting(it.apply(target, given) as object, by)
    },
  })

/** A statement as far as it is built: what comes of it is the same, and is done with its note. */
function noting(part: object, by: Watching): object {
  return new Proxy(part, {
    get(target, name) {
      const it: unknown = Reflect.get(target, name)
      if (typeof it !== 'function') return it
      if (isBuilt(target) && name === 'then')
        return (...then: Parameters<Promise<unknown>['then']>) => done(target, by).then(...then)
      if (isBuilt(target) && AT_ONCE.has(name)) by.touch()
      return (...given: unknown[]) => {
        const next: unknown = it.apply(target, given)
        return typeof next === 'object' && next !== null && !(next instanceof Promise)
          ? noting(next, by)
          : next
      }
    },
  })
}
async function done(built: Built, by: Watching): Promise<unknown> {
  const noted = await by.run(built)
  return noted ? noted.rows : built
}
function asStatement(built: Built): Statement {
  const answer = built.config?.returning ?? []
  const definition: Definition = {
    declared: [],
    only: null,
    isBookkeeping: false,
    isSaidOnce: true,
    render: () => built.getSQL(),
    encode: () => ({}),
    decode: (rows) => rows.map((row) => Object.fromEntries(answer.map((it) => fieldOf(row, it)))),
  }
  return [definition, {}]
}
function fieldOf(row: Record<string, unknown>, { path, field }: { path: string[]; field: unknown }) {
  if (!is(field, Column)) throw new Error('The builder answers columns here, and nothing that is computed.')
  const value = row[toSnakeCase(field.name)]
  return [path[0], value === null ? null : field.mapFromDriverValue(value)] as const
}
