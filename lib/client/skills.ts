/** Skills of a workspace. */
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call } from './call.ts'
import { keys } from './keys.ts'
import { sendFile } from './send-file.ts'

export const useSkills = (slug: string) =>
  useQuery({
    queryKey: keys.skillList(slug),
    queryFn: ({ signal }) => call('listSkills', { params: { slug }, signal }),
  })

export const useSkill = (slug: string, id: number) =>
  useQuery({
    queryKey: keys.skill(slug, id),
    queryFn: async ({ signal }) => (await call('getSkill', { params: { slug, id }, signal })).skill,
  })

/** What changes a skill may change what agents can be given, what schedules can run, and what uses a secret. */
const changed = (client: QueryClient, slug: string) =>
  Promise.all(
    [keys.skills(slug), keys.tools(slug), keys.agents(slug), keys.secrets(slug)].map((queryKey) =>
      client.invalidateQueries({ queryKey }),
    ),
  )

/** Answers the skill that it became; `share`: how much of the zip has left. */
export function useImportSkill(slug: string) {
  const client = useQueryClient()
  const [share, setShare] = useState(0)
  const importing = useMutation({
    mutationFn: async (zip: Blob) => {
      setShare(0)
      const file = { type: 'application/zip', blob: zip }
      return (await sendFile('addSkill', { slug }, file, setShare)).skill
    },
    onSettled: () => changed(client, slug),
  })
  return { ...importing, share }
}

export function useAcceptSkill(slug: string, id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (body: BodyInput<Api['acceptSkill']>) =>
      (await call('acceptSkill', { params: { slug, id }, body })).skill,
    onSuccess: (skill) => client.setQueryData(keys.skill(slug, id), skill),
    onSettled: () => changed(client, slug),
  })
}

export function useDeleteSkill(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => call('deleteSkill', { params: { slug, id } }),
    onSuccess: (_answer, id) => client.removeQueries({ queryKey: keys.skill(slug, id) }),
    onSettled: () => changed(client, slug),
  })
}
