/** What the reader has not read in the workspace that is open. */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { Unread, UnreadList } from '#lib/contract/unread.ts'
import { call } from './call.ts'
import { keys } from './keys.ts'

/** `known`: what the server said while it drew the page. */
export const useUnread = (slug: string, known?: Unread) =>
  useQuery({
    queryKey: keys.unread(slug),
    queryFn: async ({ signal }): Promise<Unread | null> =>
      (await call('unread', { signal })).workspaces.find((it) => it.slug === slug) ?? null,
    initialData: known,
  }).data

/** What the server says by itself. */
export function hearUnread(client: QueryClient, { workspaces }: UnreadList): void {
  for (const it of workspaces) client.setQueryData(keys.unread(it.slug), it)
}

/** Says how far the reader has read. That it failed is nobody's business: the next one says it, too. */
export function useMarkRead(slug: string): (upTo: number) => void {
  const client = useQueryClient()
  return useCallback(
    (upTo) => {
      call('markRead', { params: { slug }, body: { upTo } }).then(
        ({ unread }) => hearUnread(client, { workspaces: [unread] }),
        () => {},
      )
    },
    [client, slug],
  )
}
