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

const NO_NEWS = /^(execution:progress|chat:updated)$/

/** What is old after an event of some type; all that fit. */
const OLD_AFTER: readonly [type: RegExp, touched: (slug: string) => (readonly unknown[])[]][] = [
  // One that ends while it waits asks for nothing any more.
  [/^(schedule|trigger):/, (slug) => [keys.schedules(slug)]],
  [/^((schedule|trigger|approval):|execution:waiting$)/, (slug) => [keys.now(slug), keys.timelines(slug)]],
  [/^proposal:/, (slug) => [keys.proposals(slug), keys.now(slug)]],
  [/^budget:/, (slug) => [keys.budgets(slug)]],
  // An incident counts each failure, and what is owed is written with each end.
  [/^(incident:|expectation:|delivery:failed$)/, (slug) => [keys.telling(slug)]],
  [END, (slug) => [keys.telling(slug)]],
  [/^agent:/, (slug) => [keys.agents(slug)]],
  [/^mcp:/, (slug) => [keys.mcpServers(slug), keys.tools(slug)]],
  [SAYS_WHO_LISTENS, (slug) => [keys.sources(slug)]],
  [/^skill:/, (slug) => [keys.skills(slug), keys.tools(slug), keys.agents(slug)]],
  [/^(approval:|execution:waiting$|schedule:failed$)/, () => [keys.approvals]],
]

/** What an event makes old, but for the feed. */
function touchedBy({ type, executionId }: LiveEvent, slug: string): (readonly unknown[])[] {
  const touched = OLD_AFTER.flatMap(([pattern, of]) => (pattern.test(type) ? of(slug) : []))
  if (!NO_NEWS.test(type)) touched.push(keys.happenings(slug))
  if (executionId === undefined) return touched
  // Also a run that is open: it says which runs it has caused, and how they fare.
  const all = type.startsWith('schedule:') || type === 'execution:waiting'
  return [...touched, all ? keys.executions(slug) : keys.execution(slug, executionId)]
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
      // Whoever has a thread open sees what is said in it, and what becomes of its first message.
      if (messages.length > 0) soon(keys.threads(slug))
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
