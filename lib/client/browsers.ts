/** The browsers in which a person has turned notifications on. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'
import { stopHere, subscribeHere } from './push.ts'

export const useBrowsers = () =>
  useQuery({
    queryKey: keys.browsers,
    queryFn: async ({ signal }) => (await call('pushState', { signal })).browsers,
  })

function useBrowserChange<Change, Answer>(change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.browsers }),
        client.invalidateQueries({ queryKey: keys.ownChannels }),
        // Rules may name the channel that was added.
        client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] === 'telling' }),
      ]),
  })
}

/** Turns notifications on in this browser, and adds the channel that rules name where there is none. */
export const useNotifyHere = () =>
  useBrowserChange(async () => {
    const { publicKey } = await call('pushState')
    const { browser } = await call('addPushBrowser', { body: await subscribeHere(publicKey) })
    const { channels } = await call('listOwnChannels')
    if (!channels.some((it) => it.kind === 'push'))
      await call('addOwnChannel', {
        body: { kind: 'push', name: 'My browsers', config: {} },
        idempotencyKey: newId(),
      })
    return browser
  })

/** `here`: it is the browser that asks. */
export const useRemoveBrowser = () =>
  useBrowserChange(async ({ id, here }: { id: number; here: boolean }) => {
    await call('deletePushBrowser', { params: { id } })
    if (here) await stopHere()
  })
