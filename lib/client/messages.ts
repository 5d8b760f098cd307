/** The chat: its feed, a search in it, and writing to it. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useMutationState,
  useQueryClient,
} from '@tanstack/react-query'
import type { Message } from '#lib/contract/message.ts'
import { call } from './call.ts'
import { type Feed, messagesOf, withMessages } from './feed.ts'
import { newId } from './id.ts'
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
    ...(known && !q && { initialData: firstPage(pageOf(known)), initialDataUpdatedAt: 0 }),
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

interface Post {
  text: string
  clientId: string
}
const postKey = (slug: string) => ['workspace', slug, 'post'] as const

/**
 * Sends at once; what is under way or failed stands in
 * `useOutbox`. The client id makes a second try harmless.
 */
export function usePostMessage(slug: string) {
  const client = useQueryClient()
  const posting = useMutation({
    mutationKey: postKey(slug),
    mutationFn: ({ text, clientId }: Post) =>
      call('postMessage', { params: { slug }, body: { text, clientId } }),
    onSuccess: ({ message }) =>
      client.setQueryData<Feed>(keys.feed(slug), (feed) => feed && withMessages(feed, [message])),
    gcTime: Number.POSITIVE_INFINITY,
  })
  return (text: string) => posting.mutate({ text, clientId: newId() })
}

export interface Unsent extends Post {
  sentAt: string
  error: unknown
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
    }),
  })
  const find = (clientId: string) =>
    client.getMutationCache().find<unknown, Error, Post>({
      ...filters,
      predicate: (it) => (it.state.variables as Post).clientId === clientId,
    })
  return {
    unsent,
    again: (clientId) => {
      const post = find(clientId)
      if (post?.state.variables) void post.execute(post.state.variables).catch(() => {})
    },
    discard: (clientId) => {
      const post = find(clientId)
      if (post) client.getMutationCache().remove(post)
    },
  }
}
