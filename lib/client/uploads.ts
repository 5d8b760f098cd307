/**
 * Files on their way to the server.
 *
 * Promise: each ends as a document or with a sentence that says why not; two at a time, in the order in which
 * they were given. They go on while the reader looks at other pages of the app, and hold a page that is closed.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Document } from '#lib/contract/document.ts'
import { MOST_FILE_BYTES } from '#lib/contract/file.ts'
import { callWithFile } from './call.ts'
import { addedIn } from './documents.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'
import { isProblem } from './problem.ts'
import type { Progress } from './upload.ts'

export interface Upload {
  key: string
  name: string
  bytes: number
  /** The share of it that has left, from 0 to 1. */
  share: number
  state: 'waiting' | 'sending' | 'sent' | 'refused'
  /** Why it was refused. */
  problem: string | null
  /** What became of it. */
  document: Document | null
  /** False: the same was there already. */
  isNew: boolean
}
interface Sent {
  document: Document
  isNew: boolean
}
type Send = (file: File, progress: Progress) => Promise<Sent>

export const isUnderWay = ({ state }: Pick<Upload, 'state'>) => state === 'waiting' || state === 'sending'

const AT_ONCE = 2
const TOO_LARGE = `It is larger than ${MOST_FILE_BYTES / 1024 ** 2} MiB, which is the most that a file may have.`

export function createUploads() {
  let uploads: readonly Upload[] = []
  const waiting: { key: string; file: File; send: Send }[] = []
  const senders = new Map<string, AbortController>()
  const listeners = new Set<() => void>()

  function show(next: readonly Upload[]) {
    uploads = next
    for (const it of listeners) it()
  }
  const change = (key: string, to: Partial<Upload>) =>
    show(uploads.map((it) => (it.key === key ? { ...it, ...to } : it)))
  const entry = ({ name, size }: Pick<File, 'name' | 'size'>, problem: string | null): Upload => ({
    ...{ key: newId(), name, bytes: size, share: 0, problem, document: null, isNew: false },
    state: problem === null ? 'waiting' : 'refused',
  })

  function sendNext() {
    while (senders.size < AT_ONCE) {
      const next = waiting.shift()
      if (!next) return
      const sender = new AbortController()
      senders.set(next.key, sender)
      change(next.key, { state: 'sending' })
      void sendOne(next, sender.signal).finally(() => {
        senders.delete(next.key)
        sendNext()
      })
    }
  }
  async function sendOne({ key, file, send }: (typeof waiting)[number], signal: AbortSignal) {
    try {
      const onProgress = (share: number) => change(key, { share })
      change(key, { ...(await send(file, { signal, onProgress })), state: 'sent', share: 1 })
    } catch (error) {
      if (signal.aborted) show(uploads.filter((it) => it.key !== key))
      else change(key, { state: 'refused', problem: isProblem(error) ? error.detail : String(error) })
    }
  }

  return {
    now: () => uploads,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** What went well before is not shown any longer. */
    add(files: readonly File[], send: Send) {
      const added = files.map((file) => ({
        file,
        it: entry(file, file.size > MOST_FILE_BYTES ? TOO_LARGE : null),
      }))
      show([...uploads.filter(({ state }) => state !== 'sent'), ...added.map(({ it }) => it)])
      for (const { file, it } of added) if (isUnderWay(it)) waiting.push({ key: it.key, file, send })
      sendNext()
    },
    /** It is not sent, and the reader is told why. */
    refuse: (name: string, problem: string) => show([...uploads, entry({ name, size: 0 }, problem)]),
    cancel(key: string) {
      const at = waiting.findIndex((it) => it.key === key)
      if (at >= 0) waiting.splice(at, 1)
      if (at >= 0) show(uploads.filter((it) => it.key !== key))
      else senders.get(key)?.abort()
    },
    /** Forgets what has ended. */
    clear: () => show(uploads.filter(isUnderWay)),
  }
}

const everywhere = new Map<string, ReturnType<typeof createUploads>>()
function uploadsTo(place: string): ReturnType<typeof createUploads> {
  // A server that draws the page keeps nothing of it.
  const known = typeof window === 'undefined' ? createUploads() : everywhere.get(place)
  if (known) return known
  const made = createUploads()
  made.subscribe(() => {
    const hold = made.now().some(isUnderWay) ? addEventListener : removeEventListener
    hold('beforeunload', askFirst)
  })
  everywhere.set(place, made)
  return made
}
const askFirst = (event: BeforeUnloadEvent) => event.preventDefault()

const NONE: readonly Upload[] = []
function useUploadsTo(slug: string, place: string, send: Send) {
  const client = useQueryClient()
  const store = uploadsTo(place)
  return {
    uploads: useSyncExternalStore(store.subscribe, store.now, () => NONE),
    add: (files: readonly File[]) =>
      store.add(files, (file, progress) =>
        send(file, progress).finally(() => {
          void client.invalidateQueries({ queryKey: keys.documents(slug) })
        }),
      ),
    refuse: store.refuse,
    cancel: store.cancel,
    clear: store.clear,
  }
}
export type Uploads = ReturnType<typeof useUploadsTo>

/** Each becomes a document of its own. */
export const useNewFiles = (slug: string): Uploads =>
  useUploadsTo(slug, slug, async (file, progress) => {
    const { status, answer } = await callWithFile('addDocument', file, { params: { slug }, ...progress })
    return { document: addedIn(answer), isNew: status === 201 }
  })

/** A file becomes the next version of a document. */
export const useNewVersion = (slug: string, { id, version }: Pick<Document, 'id' | 'version'>): Uploads =>
  useUploadsTo(slug, `${slug}/${id}`, async (file, progress) => {
    const { answer } = await callWithFile('changeDocument', file, { params: { slug, id }, ...progress })
    return { document: answer.document, isNew: answer.document.version > version }
  })
