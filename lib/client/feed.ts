/**
 * The chat as the query cache holds it: pages, the newest first, each oldest first within.
 *
 * Promise: a message stands in it once, at its place, in the
 * newest version that was heard of; what is hidden is not in it.
 */
import type { InfiniteData } from '@tanstack/react-query'
import type { Message } from '#lib/contract/message.ts'

export interface FeedPage {
  messages: Message[]
  more: boolean
}
export type Feed = InfiniteData<FeedPage, number | undefined>

export const messagesOf = (feed: Feed): Message[] =>
  feed.pages.flatMap((_, n) => feed.pages[feed.pages.length - 1 - n]?.messages ?? [])

/**
 * The feed with what was heard; the same object where nothing is
 * new. What is older than all that was loaded waits to be loaded.
 */
export function withMessages(feed: Feed, heard: readonly Message[]): Feed {
  let pages = feed.pages
  for (const message of heard) {
    const at = pages.findIndex((page) => page.messages.some((it) => it.id === message.id))
    if (at >= 0) {
      const known = pages[at]?.messages.find((it) => it.id === message.id)
      if (known && known.version >= message.version) continue
      pages = changed(pages, at, (messages) =>
        message.include
          ? messages.map((it) => (it.id === message.id ? message : it))
          : messages.filter((it) => it.id !== message.id),
      )
    } else if (message.include) {
      const into = pages.findIndex((page) => {
        const first = page.messages[0]
        return !page.more || (first !== undefined && first.id < message.id)
      })
      if (into >= 0)
        pages = changed(pages, into, (messages) =>
          [...messages, message].sort((one, other) => one.id - other.id),
        )
    }
  }
  return pages === feed.pages ? feed : { ...feed, pages }
}

const changed = (pages: FeedPage[], at: number, change: (messages: Message[]) => Message[]) =>
  pages.map((page, n) => (n === at ? { ...page, messages: change(page.messages) } : page))
