/**
 * What an event means for the query cache: a message is put in its place; whatever else it touches is read
 * again, together and not more often than a person could follow.
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

const SAYS_WHO_LISTENS = /^(source:.*|schedule:(created|updated|deleted))$/
const END = /^schedule:(completed|failed|skipped|missed|disabled)$/

/** What an event makes old, but for the feed. */
function touchedBy({ type, executionId }: LiveEvent, slug: string): (readonly unknown[])[] {
  const touched: (readonly unknown[])[] = []
  if (executionId !== undefined) touched.push(keys.execution(slug, executionId))
  const ofSchedule = type.startsWith('schedule:')
  // Also a run that is open: it says which runs it has caused, and how they fare.
  if (executionId !== undefined && (ofSchedule || type === 'execution:waiting'))
    touched.push(keys.executions(slug))
  if (ofSchedule) touched.push(keys.schedules(slug))
  // One that ends while it waits asks for nothing any more.
  if (type.startsWith('trigger:')) touched.push(keys.schedules(slug))
  if (type.startsWith('budget:')) touched.push(keys.budgets(slug))
  // An incident counts each failure, and what is owed is written with each end.
  if (type.startsWith('incident:') || type === 'delivery:failed' || END.test(type))
    touched.push(keys.telling(slug))
  if (type.startsWith('mcp:')) touched.push(keys.mcpServers(slug), keys.tools(slug))
  if (SAYS_WHO_LISTENS.test(type)) touched.push(keys.sources(slug))
  if (type.startsWith('skill:')) touched.push(keys.skills(slug), keys.tools(slug), keys.agents(slug))
  if (type.startsWith('approval:') || type === 'execution:waiting' || type === 'schedule:failed')
    touched.push(keys.approvals)
  if (type !== 'execution:progress' && type !== 'chat:updated') touched.push(keys.happenings(slug))
  return touched
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
      for (const event of events) for (const key of touchedBy(event, slug)) soon(key)
    },
    refresh: () => void client.invalidateQueries({ queryKey: keys.workspace(slug) }),
    stop() {
      clearTimeout(timer)
      // Nobody follows them now: whoever comes back reads them again.
      void client.invalidateQueries({ queryKey: keys.workspace(slug), refetchType: 'none' })
    },
  }
}
