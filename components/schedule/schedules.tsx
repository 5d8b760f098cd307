'use client'
/** The schedules of a workspace: how each is, when it runs next, how it ended last. */
import { CalendarClock, Plus, SearchX } from 'lucide-react'
import { useEffect } from 'react'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { useMay } from '#lib/client/people.ts'
import { useSchedules } from '#lib/client/schedules.ts'
import { ScheduleFilters, useScheduleFilters } from './filters.tsx'
import { Starters } from './starters.tsx'
import { ScheduleTable } from './table.tsx'

export function Schedules({ slug }: { slug: string }) {
  const filters = useScheduleFilters()
  const schedules = useSchedules(slug, filters.applied)
  const may = useMay(slug, 'editor')
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = schedules
  const none = data?.length === 0

  // The health is judged page by page: what is looked for may stand on a later one.
  useEffect(() => {
    if (none && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [none, hasNextPage, isFetchingNextPage, fetchNextPage])

  const add = may && (
    <ButtonLink variant="primary" href={`/w/${slug}/schedules/new`}>
      <Plus aria-hidden />
      New schedule
    </ButtonLink>
  )
  const nothingYet = none && !filters.any
  return (
    <Page
      title="Schedules"
      description="Agents that run because the clock says so."
      actions={!nothingYet && add}
    >
      {!nothingYet && <ScheduleFilters filters={filters} />}
      {schedules.isPending || (none && hasNextPage) ? (
        <Waiting className="flex flex-col gap-3">
          {[1, 2, 3, 4].map((it) => (
            <Skeleton key={it} className="h-16" />
          ))}
        </Waiting>
      ) : schedules.error && !data ? (
        <Problem
          error={schedules.error}
          retry={schedules.refetch}
          title="The schedules could not be loaded"
        />
      ) : nothingYet ? (
        <>
          <Empty icon={<CalendarClock />} title="Nothing is planned yet" action={add} className="pb-6">
            A schedule says which agent does what, and when. Its results appear in the chat.
          </Empty>
          {may && <Starters slug={slug} />}
        </>
      ) : none ? (
        <Empty
          icon={<SearchX />}
          title="No schedule is like that"
          action={<Button onClick={filters.clear}>Show all schedules</Button>}
        >
          Nothing fits this search.
        </Empty>
      ) : (
        data && (
          <>
            <ScheduleTable slug={slug} schedules={data} may={may} />
            {hasNextPage && (
              <Button
                className="self-center"
                pending={isFetchingNextPage}
                onClick={() => void fetchNextPage()}
              >
                Load more
              </Button>
            )}
          </>
        )
      )}
    </Page>
  )
}
