/** What the agent of a schedule keeps from one run to the next. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from './call.ts'
import { keys } from './keys.ts'

export const useNotes = (slug: string, id: number) =>
  useQuery({
    queryKey: keys.scheduleNotes(slug, id),
    queryFn: async ({ signal }) => (await call('getNotes', { params: { slug, id }, signal })).notes,
  })

/** An empty text takes them away. */
export function useChangeNotes(slug: string, id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (content: string) => call('changeNotes', { params: { slug, id }, body: { content } }),
    onSuccess: ({ notes }) => client.setQueryData(keys.scheduleNotes(slug, id), notes),
  })
}
