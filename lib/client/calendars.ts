/** Calendars of days off. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call } from './call.ts'
import { newId } from './id.ts'
import { keys } from './keys.ts'

export const useCalendars = (slug: string) =>
  useQuery({
    queryKey: keys.calendars(slug),
    queryFn: async ({ signal }) => (await call('listCalendars', { params: { slug }, signal })).calendars,
  })

/** What changes a calendar changes what schedules will do. */
function useCalendarChange<Change, Answer>(slug: string, change: (it: Change) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all(
        [keys.calendars(slug), keys.schedules(slug)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  })
}

/** Added, or changed where there is one. */
export const useSaveCalendar = (slug: string, known: { id: number; revision: number } | null) =>
  useCalendarChange(slug, ({ revision, ...body }: BodyInput<Api['changeCalendar']> & { name: string }) =>
    known === null
      ? call('addCalendar', { params: { slug }, body, idempotencyKey: newId() })
      : call('changeCalendar', {
          params: { slug, id: known.id },
          body: { ...body, revision: revision ?? known.revision },
        }),
  )
export const useDeleteCalendar = (slug: string) =>
  useCalendarChange(slug, (id: number) => call('deleteCalendar', { params: { slug, id } }))
export const useCheckCalendar = (slug: string) =>
  useCalendarChange(slug, (id: number) => call('checkCalendar', { params: { slug, id } }))
