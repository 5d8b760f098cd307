'use client'
/** What has happened in a workspace, newest first and live: all that schedules can wait for. */
import { SearchX, Zap } from 'lucide-react'
import { parseAsInteger, parseAsIsoDate, parseAsString, useQueryStates } from 'nuqs'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Card } from '#components/ui/card.tsx'
import { DayInput, spanOf } from '#components/ui/day-input.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { LoadMore } from '#components/ui/load-more.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { useResting } from '#components/ui/resting.ts'
import { SearchInput } from '#components/ui/search-input.tsx'
import { Select } from '#components/ui/select.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { Json } from '#components/execution/steps.tsx'
import { type HappeningPage, useHappenings } from '#lib/client/happenings.ts'
import { useMay } from '#lib/client/people.ts'
import type { TriggerEvent } from '#lib/contract/trigger-event.ts'
import { Heard } from './heard.tsx'
import { aboutOf, actorIn, type EventWords, sentenceOf } from './words.ts'

const ANY = 'any'

function useEventFilters() {
  const [given, set] = useQueryStates({
    q: parseAsString.withDefault(''),
    type: parseAsString,
    event: parseAsInteger,
    from: parseAsIsoDate,
    to: parseAsIsoDate,
  })
  const q = useResting(given.q.trim())
  return {
    given,
    set,
    applied: { q: q || undefined, type: given.type ?? undefined, ...spanOf(given) },
    any: Boolean(given.q || given.type || given.event !== null || given.from || given.to),
    clear: () => void set(null),
  }
}

export function Events({
  slug,
  words,
  known,
}: {
  slug: string
  words: EventWords
  known?: HappeningPage | undefined
}) {
  const filters = useEventFilters()
  const { given, applied, any } = filters
  const events = useHappenings(slug, applied, {
    upTo: given.event ?? undefined,
    known: any ? undefined : known,
  })
  const nothingYet = !any && events.data?.length === 0
  return (
    <Page title="Events" description="What has happened here in the last 14 days: schedules can wait for it.">
      {!nothingYet && <Filters filters={filters} words={words} />}
      <List slug={slug} events={events} words={words} filters={filters} />
    </Page>
  )
}

interface FilterProps {
  filters: ReturnType<typeof useEventFilters>
  words: EventWords
}

function Filters({ filters: { given, set, any, clear }, words }: FilterProps) {
  const families = [...new Set(Object.keys(words).map((it) => `${it.split('.')[0]}.*`)), 'custom.*']
  const types = [
    { value: ANY, label: 'Any type' },
    ...Object.keys(words).map((value) => ({ value, label: sentenceOf(value, words), hint: value })),
    ...families.map((value) => ({ value, label: `Any of ${value}` })),
  ]
  const own = given.type !== null && !types.some((it) => it.value === given.type) ? [given.type] : []
  return (
    <search aria-label="Events" className="flex flex-wrap items-center gap-2">
      <SearchInput
        label="Search events"
        placeholder="Search in their data"
        value={given.q}
        onChange={(q) => void set({ q: q || null })}
        className="flex-1 basis-full sm:max-w-80 sm:basis-48"
      />
      <div className="min-w-0 flex-1 max-sm:basis-full sm:w-64 sm:flex-none">
        <Select
          aria-label="Type"
          value={given.type ?? ANY}
          options={[...types, ...own.map((value) => ({ value, label: value }))]}
          onValueChange={(type) => void set({ type: type === ANY ? null : type })}
        />
      </div>
      <DayInput label="From" value={given.from} onChange={(from) => void set({ from })} />
      <DayInput label="To" value={given.to} onChange={(to) => void set({ to })} />
      {any && (
        <Button variant="ghost" onClick={clear}>
          {given.event === null ? 'Clear' : 'Show the newest'}
        </Button>
      )}
    </search>
  )
}

interface ListProps extends FilterProps {
  slug: string
  events: ReturnType<typeof useHappenings>
}

function List({ slug, events, words, filters }: ListProps) {
  const may = useMay(slug, 'editor')
  const { data, error } = events
  if (events.isPending) return <WaitingRows rows={6} height="h-14" />
  if (!data)
    return error && <Problem error={error} retry={events.refetch} title="The events could not be loaded" />
  if (data.length === 0)
    return filters.any ? <NothingFits clear={filters.clear} /> : <NothingYet slug={slug} may={may} />
  return (
    <>
      <Card aria-label="What has happened">
        <ol className="divide-y divide-line">
          {data.map((it) => (
            <Row
              key={it.id}
              slug={slug}
              event={it}
              words={words}
              may={may}
              open={it.id === filters.given.event}
              showType={(type) => void filters.set({ type })}
            />
          ))}
        </ol>
      </Card>
      {events.hasNextPage && <LoadMore pages={events} />}
    </>
  )
}

function Row({
  slug,
  event,
  words,
  may,
  open,
  showType,
}: {
  slug: string
  event: TriggerEvent
  words: EventWords
  may: boolean
  open: boolean
  showType(type: string): void
}) {
  const about = aboutOf(event)
  return (
    <li className="flex flex-col gap-1 px-5 py-3 text-sm">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <p className="min-w-0 flex-1 basis-60 wrap-anywhere">
          <span className="font-medium">{sentenceOf(event.type, words)}</span>
          {about !== null && <>: {about}</>}
        </p>
        <span className="text-faint">
          <RelativeTime at={event.occurredAt} />
        </span>
      </div>
      <p className="flex flex-wrap items-center gap-x-2 text-faint">
        <span>#{event.id}</span>
        <button
          type="button"
          title="Only events of this type"
          className="min-h-6 rounded-sm bg-sunken px-1.5 font-mono text-xs text-soft hover:text-ink"
          onClick={() => showType(event.type)}
        >
          {event.type}
        </button>
        <span>by {actorIn(event.actor)}</span>
      </p>
      <Disclosure title="Data" open={open || undefined} className="[&_summary]:font-normal">
        <Json value={event.data} label={`Data of event ${event.id}`} />
        {may && (
          <ButtonLink
            size="sm"
            className="mt-2"
            href={`/w/${slug}/schedules/new?event=${encodeURIComponent(event.type)}`}
          >
            Make a schedule from this
          </ButtonLink>
        )}
      </Disclosure>
      {event.id !== null && <Heard slug={slug} id={event.id} />}
    </li>
  )
}

function NothingYet({ slug, may }: { slug: string; may: boolean }) {
  return (
    <Empty
      icon={<Zap />}
      title="Nothing has happened yet"
      action={may && <ButtonLink href={`/w/${slug}/documents`}>Add a document</ButtonLink>}
    >
      Documents that are added, messages, runs that end, and whatever your own programs tell of stand here as
      soon as they happen.
    </Empty>
  )
}

function NothingFits({ clear }: { clear(): void }) {
  return (
    <Empty
      icon={<SearchX />}
      title="No event is like that"
      action={<Button onClick={clear}>Show all events</Button>}
    >
      Nothing fits this search.
    </Empty>
  )
}
