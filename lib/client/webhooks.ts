/** The address of a webhook, its secret, and what has called it. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { BodyInput, Api } from '#lib/contract/api.ts'
import type { DeliveryVerdict } from '#lib/contract/webhook.ts'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

/** Whoever waits for the first call sees it come. */
const LOOKS_EVERY_MS = 2_000
/** What was refused is nobody's news, but this page's. */
const LISTS_EVERY_MS = 5_000
const PAGE = 20

export const useWebhook = (slug: string, id: number) =>
  useQuery({
    queryKey: keys.webhook(slug, id),
    queryFn: async ({ signal }) => (await call('getWebhook', { params: { slug, id }, signal })).webhook,
    refetchInterval: ({ state }) =>
      state.data && state.data.lastReceivedAt === null ? LOOKS_EVERY_MS : false,
  })

/** `data` is the flat list of all pages that were loaded. */
export const useDeliveries = (slug: string, id: number, verdict: DeliveryVerdict | null) =>
  useInfiniteQuery({
    queryKey: [...keys.webhook(slug, id), 'deliveries', verdict],
    queryFn: ({ pageParam, signal }) =>
      call('listWebhookDeliveries', {
        params: { slug, id },
        query: { limit: PAGE, cursor: pageParam, verdict: verdict ?? undefined },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((it) => it.deliveries),
    refetchInterval: LISTS_EVERY_MS,
  })

export const useDelivery = (slug: string, id: number, deliveryId: string) =>
  useQuery({
    queryKey: [...keys.webhook(slug, id), 'delivery', deliveryId],
    queryFn: async ({ signal }) =>
      (await call('getWebhookDelivery', { params: { slug, id, deliveryId }, signal })).delivery,
  })

function useWebhookChange<Change, Answer>(slug: string, id: number, change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: keys.webhook(slug, id) }),
  })
}

export const useRotate = (slug: string, id: number) =>
  useWebhookChange(slug, id, (body: BodyInput<Api['rotateWebhook']>) =>
    call('rotateWebhook', { params: { slug, id }, body, idempotencyKey: newId() }),
  )
export const useSendAgain = (slug: string, id: number) =>
  useWebhookChange(slug, id, (deliveryId: string) =>
    call('replayWebhookDelivery', { params: { slug, id, deliveryId }, idempotencyKey: newId() }),
  )
