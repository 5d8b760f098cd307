/** The feed without the replies, which stand below what they reply to. Pure. */
import type { Message } from '#lib/contract/message.ts'

export interface Thread {
  count: number
  last: Message
}

export interface Threaded {
  /** What stands in the feed: also a reply to what has not been loaded. */
  feed: Message[]
  threads: ReadonlyMap<number, Thread>
}

export function threaded(messages: readonly Message[]): Threaded {
  const there = new Set(messages.map((it) => it.id))
  const threads = new Map<number, Thread>()
  const feed = messages.filter((it) => {
    if (it.threadId === null) return true
    const known = threads.get(it.threadId)
    threads.set(it.threadId, { count: (known?.count ?? 0) + 1, last: it })
    return !there.has(it.threadId)
  })
  return { feed, threads }
}
