'use client'
/** The schedules of a workspace: how each is, when it runs next, how it ended last. */
import { CalendarClock, LayoutTemplate, Plus, SearchX } from 'lucide-react'
import {
  type Dispatch,
  type SetStateAction,
  Suspense,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { LoadMore } from '#components/ui/load-more.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { useMay, useMe } from '#lib/client/people.ts'
import { type ListPage, useSchedules } from '#lib/client/schedules.ts'
import { ScheduleFilters, useScheduleFilters } from './filters.tsx'
import { ScheduleTable } from './table.tsx'

const Together = lazily(async () => ({ default: (await import('./together.tsx')).Together }))
const TemplateCards = lazily(async () => ({
  default: (await import('#components/template/gallery.tsx')).TemplateCards,
}))

const DemoOffer = lazily(() => import('#components/demo/offer.tsx'))

export function Schedules({ slug, known }: { slug: string; known?: ListPage | undefined }) {
  const filters = useScheduleFilters()
  // A press shows on what was pressed at once; the list follows once it is drawn.
  const asked = useDeferredValue(filters)
  const schedules = useSchedules(slug, asked.applied, asked.any || asked.applied.sort ? undefined : known)
  const may = useMay(slug, 'editor')
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const place = useFocusBack(chosen.size === 0)
  const { data, hasNextPage, isFetching, fetchNextPage } = schedules
  const none = data?.length === 0

  // The health is judged page by page: what is looked for may stand on a later one.
  useEffect(() => {
    if (none && hasNextPage && !isFetching) void fetchNextPage()
  }, [none, hasNextPage, isFetching, fetchNextPage])

  const nothingYet = none && !asked.any
  const tags = useMemo(() => [...new Set((data ?? []).flatMap((it) => it.tags))].sort(), [data])
  return (
    <Page
      title="Schedules"
      description="Agents that run by themselves: at a time, or when something happens."
      actions={may && !nothingYet && <Add slug={slug} />}
    >
      {!nothingYet && <ScheduleFilters filters={filters} tags={tags} />}
      <div ref={place} tabIndex={-1} className="flex flex-col gap-6 outline-none">
        <List {...{ slug, schedules, may, chosen, setChosen }} filters={asked} />
      </div>
    </Page>
  )
}

/** What was done with several took its buttons away, and the keyboard with them: it goes on from the list. */
function useFocusBack(isNoneChosen: boolean) {
  const place = useRef<HTMLDivElement>(null)
  const wasNone = useRef(isNoneChosen)
  useEffect(() => {
    const isDone = isNoneChosen && !wasNone.current
    wasNone.current = isNoneChosen
    if (!isDone) return
    // A question that closes lets go of the focus first.
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) place.current?.focus()
    })
    return () => cancelAnimationFrame(frame)
  }, [isNoneChosen])
  return place
}

interface ListProps {
  slug: string
  schedules: ReturnType<typeof useSchedules>
  filters: ReturnType<typeof useScheduleFilters>
  may: boolean
  chosen: ReadonlySet<number>
  setChosen: Dispatch<SetStateAction<ReadonlySet<number>>>
}

function List({ slug, schedules, filters, may, chosen, setChosen }: ListProps) {
  const { data, error, hasNextPage } = schedules
  const { set } = filters
  const onTag = useCallback((tag: string) => void set({ tag }), [set])
  if (schedules.isPending || (data?.length === 0 && hasNextPage))
    return <WaitingRows rows={4} height="h-16" />
  if (!data)
    return (
      error && <Problem error={error} retry={schedules.refetch} title="The schedules could not be loaded" />
    )
  if (data.length === 0)
    return filters.any ? <NothingFits clear={filters.clear} /> : <NothingYet slug={slug} may={may} />
  return (
    <>
      <ScheduleTable
        slug={slug}
        name={`schedules of ${slug} ${JSON.stringify(filters.applied)}`}
        schedules={data}
        may={may}
        chosen={chosen}
        onChoose={setChosen}
        onTag={onTag}
        pages={schedules}
      />
      {hasNextPage && <LoadMore pages={schedules} />}
      {/* What is not shown any more is not done anything with. */}
      {data.some((it) => chosen.has(it.id)) && (
        <Suspense>
          <Together
            slug={slug}
            chosen={data.filter((it) => chosen.has(it.id))}
            onDone={() => setChosen(new Set())}
          />
        </Suspense>
      )}
    </>
  )
}

function NothingYet({ slug, may }: { slug: string; may: boolean }) {
  const installation = useMe().data?.installationAdmin ?? false
  return (
    <>
      <Empty
        icon={<CalendarClock />}
        title="Nothing is planned yet"
        action={
          may && (
            <ButtonLink variant="primary" href={`/w/${slug}/schedules/new`}>
              <Plus aria-hidden />
              New schedule
            </ButtonLink>
          )
        }
        className="pb-6"
      >
        A schedule says which agent does what, and when: at a time, or whenever something happens. Its results
        appear in the chat.
      </Empty>
      {may && (
        <section aria-labelledby="templates" className="flex flex-col gap-4">
          <h2 id="templates" className="text-center text-sm text-faint">
            or begin with one of these, filled in already
          </h2>
          <Suspense>
            <TemplateCards slug={slug} heading="h3" />
            {installation && (
              <div className="flex justify-center text-center">
                <DemoOffer />
              </div>
            )}
          </Suspense>
        </section>
      )}
    </>
  )
}

function NothingFits({ clear }: { clear(): void }) {
  return (
    <Empty
      icon={<SearchX />}
      title="No schedule is like that"
      action={<Button onClick={clear}>Show all schedules</Button>}
    >
      Nothing fits this search.
    </Empty>
  )
}

const Add = ({ slug }: { slug: string }) => (
  <>
    <ButtonLink href={`/w/${slug}/templates`}>
      <LayoutTemplate aria-hidden />
      From a template
    </ButtonLink>
    <ButtonLink variant="primary" href={`/w/${slug}/schedules/new`} aria-keyshortcuts="n">
      <Plus aria-hidden />
      New schedule
    </ButtonLink>
  </>
)
