/** The demo workspace: whether it is there, and how far it is while it is made. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from './call.ts'
import { keys } from './keys.ts'
import { viewerZone } from './reading.ts'

const WHILE_MAKING_MS = 1_500

export function useDemo() {
  const client = useQueryClient()
  return useQuery({
    queryKey: keys.demo,
    async queryFn({ signal }) {
      const { demo } = await call('demo', { signal })
      // It is a workspace among the others from now on.
      if (demo.state === 'ready') void client.invalidateQueries({ queryKey: keys.me })
      return demo
    },
    refetchInterval: ({ state }) => (state.data?.state === 'making' ? WHILE_MAKING_MS : false),
  })
}

export function useLoadDemo() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => call('loadDemo', { body: { timezone: viewerZone() } }),
    onSuccess: ({ demo }) => client.setQueryData(keys.demo, demo),
  })
}

export const useRemoveDemo = () => useMutation({ mutationFn: () => call('removeDemo') })
