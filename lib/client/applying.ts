/**
 * What an event means for the query cache: a message is put in its place; whatever else it touches is read again, together and not more
 * often than a person could follow.
 */
import type { QueryClient } from '@tanstack/react-query'
import type { LiveEvent } from '#lib/contract/event.ts'
import { type Feed, withMessages } from './feed.ts'
import { keys } from './keys.ts'

const REST_MS = 700

export interface Applying {
  apply(events: LiveEvent[]): void
  refresh(): void
  stop(): void
}

export function createApplying(client: QueryClient, slug: string): Applying {
  const due = new Map<string, readonly unknown[]>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function flush() {
    timer = undefined
    if (due.size === 0) return
    // A list of a hundred thousand runs is read once, however many of them ended in this moment.
    for (const queryKey of due.values()) void client.invalidateQueries({ queryKey }, { cancelRefetch: false })
    due.clear()
    timer = setTimeout(flush, REST_MS)
  }

  function soon(queryKey: readonly unknown[]) {
    due.set(JSON.stringify(queryKey), queryKey)
    timer ??= setTimeout(flush, 50)
  }

  return {
    apply(events) {
      const messages = events.flatMap((it) => it.message ?? [])
      if (messages.length > 0)
        client.setQueryData<Feed>(keys.feed(slug), (feed) => feed && withMessages(feed, messages))
      for (const event of events) {
        if (event.executionId !== undefined) soon(keys.execution(slug, event.executionId))
        if (!event.type.startsWith('schedule:')) continue
        soon(keys.schedules(slug))
        soon(keys.stats(slug))
        if (event.executionId !== undefined) soon(keys.executionLists(slug))
        if (event.type === 'schedule:missed') soon(keys.missed(slug))
      }
    },
    refresh: () => void client.invalidateQueries({ queryKey: keys.workspace(slug) }),
    stop() {
      clearTimeout(timer)
      // Nobody follows them now: whoever comes back reads them again.
      void client.invalidateQueries({ queryKey: keys.workspace(slug), refetchType: 'none' })
    },
  }
}
