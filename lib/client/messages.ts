/** The chat: its feed, a search in it, and writing to it. */
import {
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Message } from '#lib/contract/message.ts'
import type { Me } from '#lib/contract/workspace.ts'
import { call } from './call.ts'
import { drawn } from './drawn.ts'
import { type Feed, messagesOf, withMessages } from './feed.ts'
import { newId } from './id.ts'
import { useConnection } from './live.tsx'
import { useMe } from './people.ts'
import { isProblem } from './problem.ts'
import { forgetUnsent, keepUnsent, unsentOf } from './unsent.ts'
import { keys } from './keys.ts'
import { firstPage, PAGE_OF } from './pages.ts'

const pageOf = (messages: Message[]) => ({ messages, more: messages.length === PAGE_OF.messages })

/**
 * Oldest first in `data`; `fetchNextPage` loads what is older. With `q`, what has all its words.
 * `known`: the newest, as the server said while it drew the page; they are asked for once more.
 */
export const useMessages = (slug: string, q = '', known?: Message[]) =>
  useInfiniteQuery({
    queryKey: q ? keys.search(slug, q) : keys.feed(slug),
    ...drawn(known && !q ? firstPage(pageOf(known)) : null),
    async queryFn({ pageParam, signal }) {
      const { messages } = await call('listMessages', {
        params: { slug },
        query: { before: pageParam, q: q || undefined, limit: PAGE_OF.messages },
        signal,
      })
      return pageOf(messages)
    },
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.more ? last.messages[0]?.id : undefined),
    placeholderData: keepPreviousData,
    select: messagesOf,
  })

/** A message among those before and after it. */
export const useAround = (slug: string, id: number) =>
  useQuery({
    queryKey: keys.around(slug, id),
    async queryFn({ signal }) {
      const params = { slug }
      const [before, after] = await Promise.all([
        call('listMessages', { params, query: { before: id + 1, limit: 25 }, signal }),
        call('listMessages', { params, query: { after: id, limit: 25 }, signal }),
      ])
      return [...before.messages, ...after.messages]
    },
  })

/** A message with the replies below it. */
export const useThread = (slug: string, id: number) =>
  useQuery({
    queryKey: keys.thread(slug, id),
    async queryFn({ signal }) {
      const [{ message }, { messages }] = await Promise.all([
        call('getMessage', { params: { slug, id }, signal }),
        call('listMessages', { params: { slug }, query: { threadId: id, limit: 200 }, signal }),
      ])
      return [message, ...messages]
    },
    placeholderData: keepPreviousData,
  })

interface Post {
  text: string
  clientId: string
  threadId?: number | undefined
}
const postKey = (slug: string) => ['workspace', slug, 'post'] as const

/** What is under way or failed stands in `useOutbox`. The client id makes a second try harmless. */
const posting = (client: QueryClient, slug: string) => ({
  mutationKey: postKey(slug),
  mutationFn: (body: Post) => call('postMessage', { params: { slug }, body }),
  onSuccess({ message }: { message: Message }, { clientId }: Post) {
    forgetUnsent(clientId)
    if (message.threadId !== null) void client.invalidateQueries({ queryKey: keys.threads(slug) })
    return client.setQueryData<Feed>(keys.feed(slug), (feed) => feed && withMessages(feed, [message]))
  },
  gcTime: Number.POSITIVE_INFINITY,
})

/** Sends at once, or as soon as there is a network. */
export function usePostMessage(slug: string, threadId?: number) {
  const client = useQueryClient()
  const { mutate } = useMutation(posting(client, slug))
  const userId = useMe().data?.id
  return (text: string) => {
    const post = { text, clientId: newId(), ...(threadId !== undefined && { threadId }) }
    if (userId) keepUnsent({ slug, userId, ...post })
    mutate(post)
  }
}

/**
 * Sends what an earlier page has left, whichever chat it was written for, and what got no answer, each time that the
 * server is back. Once on a page.
 */
export function useSendWhenBack(): void {
  const client = useQueryClient()
  const me = useMe().data
  const isBack = useConnection() === 'live'
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is back once more
  useEffect(() => {
    if (me) sendLeft(client, me)
  }, [client, me, isBack])
}

/** What is under way already is left alone, and so is what the server has refused. */
export function sendLeft(client: QueryClient, { id, workspaces }: Pick<Me, 'id' | 'workspaces'>): void {
  const cache = client.getMutationCache()
  for (const { slug, userId: _, ...post } of workspaces.flatMap((it) => unsentOf(it.slug, id))) {
    const known = findPost(client, slug, post.clientId)
    const unanswered =
      known?.state.status === 'error' && isProblem(known.state.error) && known.state.error.status === 0
    if (known && !unanswered) continue
    const sending = known ?? cache.build(client, client.defaultMutationOptions(posting(client, slug)))
    void sending.execute(post).catch(() => {})
  }
}

const findPost = (client: QueryClient, slug: string, clientId: string) =>
  client.getMutationCache().find<{ message: Message }, Error, Post>({
    mutationKey: postKey(slug),
    exact: true,
    predicate: (it) => (it.state.variables as Post | undefined)?.clientId === clientId,
  })

export interface Unsent extends Post {
  sentAt: string
  error: unknown
  /** There is no network, and it goes when there is one. */
  waits: boolean
}

/** What was written here and is not in the feed yet. */
export function useOutbox(slug: string): {
  unsent: Unsent[]
  again(clientId: string): void
  discard(clientId: string): void
} {
  const client = useQueryClient()
  const filters = { mutationKey: postKey(slug), exact: true }
  const unsent = useMutationState({
    filters: { ...filters, predicate: (it) => it.state.status === 'pending' || it.state.status === 'error' },
    select: (it): Unsent => ({
      ...(it.state.variables as Post),
      sentAt: new Date(it.state.submittedAt).toISOString(),
      error: it.state.error,
      waits: it.state.isPaused,
    }),
  })
  const find = (clientId: string) => findPost(client, slug, clientId)
  return {
    unsent,
    again: (clientId) => {
      const post = find(clientId)
      if (post?.state.variables) void post.execute(post.state.variables).catch(() => {})
    },
    discard: (clientId) => {
      forgetUnsent(clientId)
      const post = find(clientId)
      if (post) client.getMutationCache().remove(post)
    },
  }
}

/** The message as it is now is put in its place, also below others; a refusal says why. */
function useMessageChange<Change>(slug: string, change: (it: Change) => Promise<{ message: Message }>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess({ message }) {
      void client.invalidateQueries({ queryKey: keys.threads(slug) })
      client.setQueryData<Feed>(keys.feed(slug), (feed) => feed && withMessages(feed, [message]))
    },
  })
}
export const useChangeMessage = (slug: string) =>
  useMessageChange(slug, ({ id, ...body }: { id: number; text: string; version: number }) =>
    call('changeMessage', { params: { slug, id }, body }),
  )
export const useDeleteMessage = (slug: string) =>
  useMessageChange(slug, (id: number) => call('deleteMessage', { params: { slug, id } }))
