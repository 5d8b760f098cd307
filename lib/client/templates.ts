/** Templates: what there are, what one would make, tried, made, and followed. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

type Input = Record<string, unknown>

/** They change with the version of the server only. */
export const useTemplates = () =>
  useQuery({
    queryKey: keys.templates,
    queryFn: async ({ signal }) => (await call('listTemplates', { signal })).templates,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What would be made of it, as it is filled in: hand in what has rested for a moment. */
export const useTemplatePlan = (slug: string, templateId: string, input: Input) =>
  useQuery({
    queryKey: keys.templatePlan(slug, templateId, JSON.stringify(input)),
    queryFn: ({ signal }) =>
      call('useTemplate', { params: { slug, templateId }, body: { input, dryRun: true }, signal }),
    // A refusal is an answer too.
    retry: false,
    placeholderData: keepPreviousData,
    // What is filled in may be a secret: it is not kept longer than it is shown.
    gcTime: 0,
  })

/** Answers the id of the staged run. */
export const useTryTemplate = (slug: string, templateId: string) =>
  useMutation({
    mutationFn: async (input: Input) => {
      const params = { slug, templateId }
      return (await call('tryTemplate', { params, body: { input }, idempotencyKey: newId() })).execution.id
    },
  })

export function useMakeOfTemplate(slug: string, templateId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ input, idempotencyKey }: { input: Input; idempotencyKey: string }) =>
      call('useTemplate', { params: { slug, templateId }, body: { input }, idempotencyKey }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.schedules(slug) }),
  })
}

/** Null: there is no newer version. */
export const useTemplateUpdate = (slug: string, id: number) =>
  useQuery({
    queryKey: keys.templateUpdate(slug, id),
    queryFn: async ({ signal }) => (await call('templateUpdate', { params: { slug, id }, signal })).update,
  })

export function useFollowTemplate(slug: string, id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => call('applyTemplateUpdate', { params: { slug, id } }),
    onSuccess: ({ trigger }) => {
      client.setQueryData(keys.schedule(slug, id), trigger)
      return client.invalidateQueries({ queryKey: keys.schedules(slug) })
    },
  })
}
