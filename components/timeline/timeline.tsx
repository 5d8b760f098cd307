'use client'
/** Why did it run, or not? What was and what comes on one axis, one lane a schedule. */
import { CalendarPlus, ChevronLeft, ChevronRight, ChartGantt, Rows3, Table2, X } from 'lucide-react'
import { memo, Suspense, useCallback, useDeferredValue, useEffect, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Chip } from '#components/ui/chip.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { Input } from '#components/ui/input.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { SearchInput } from '#components/ui/search-input.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { Skeleton } from '#components/ui/skeleton.tsx'
import { useZone } from '#components/ui/time.tsx'
import { PAGE_OF } from '#lib/client/pages.ts'
import { type Lanes as Known, useTimeline } from '#lib/client/timeline.ts'
import { Notes } from './axis.tsx'
import { keysOf } from './keys.ts'
import { Lanes } from './lanes.tsx'
import { MOST_ROWS } from './marks.ts'
import { neighbour, type SpanName, SPANS } from './span.ts'
import { type Known as Drawn, useView, type View } from './state.ts'

const Panel = lazily(async () => ({ default: (await import('./panel.tsx')).Panel }))
const TimelineTable = lazily(async () => ({ default: (await import('./table.tsx')).TimelineTable }))
const Subscribe = lazily(async () => ({ default: (await import('./subscribe.tsx')).Subscribe }))

export function TimelinePage({ slug, known }: { slug: string; known: Drawn }) {
  const view = useView(known)
  useZoneTold()
  return (
    <Page
      title="Timeline"
      description="What ran, what did not and why, and what comes. Press a mark, or any place on a line."
      actions={<Actions slug={slug} view={view} />}
    >
      <Controls view={view} />
      {/* A press shows on what was pressed at once; the lanes follow once they are drawn. */}
      <Shown slug={slug} view={useDeferredValue(view)} />
    </Page>
  )
}

interface ShownProps {
  slug: string
  view: View
}

const Shown = memo(function Shown({ slug, view }: ShownProps) {
  const [sight, setSight] = useState<readonly number[]>([])
  const [nearMs, setNear] = useState<number | null>(null)
  const lanes = useTimeline(slug, view.asked, sight, view.known)
  const onSight = useCallback((first: number, last: number) => {
    const [from, to] = [first, last].map((it) => Math.floor(it / PAGE_OF.lanes)) as [number, number]
    const next = Array.from({ length: to - from + 1 }, (_, n) => from + n)
    setSight((before) => (before.join() === next.join() ? before : next))
  }, [])
  const { set, stretch } = view
  const onOpen = useCallback(
    (of: number, at: string, near: number | null) => {
      setNear(near)
      void set({ of, at, day: stretch.day })
    },
    [set, stretch.day],
  )
  return (
    <>
      <Notes
        stretch={view.stretch}
        timeline={lanes.isOld ? undefined : lanes.first}
        shifts={lanes.isOld ? [] : lanes.shifts}
        awake={view.awake}
      />
      <Body {...{ slug, view, lanes, onSight, onOpen }} />
      {view.opened && (
        <Suspense>
          <Panel
            {...{ slug, view, lanes }}
            opened={view.opened}
            nearMs={nearMs ?? (stretch.toMs - stretch.fromMs) / MOST_ROWS}
          />
        </Suspense>
      )}
    </>
  )
})

const YEAR_S = 31_536_000
/** So that the server draws the next visit by the reader's clock. */
function useZoneTold() {
  const zone = useZone()
  useEffect(() => {
    if (zone === null) return
    // biome-ignore lint/suspicious/noDocumentCookie: the other way is not known to every browser yet
    document.cookie = `zone=${zone}; path=/w; max-age=${YEAR_S}; samesite=lax`
  }, [zone])
}

function Actions({ slug, view }: { slug: string; view: View }) {
  const [asked, setAsked] = useState(false)
  const isTable = view.given.view === 'table'
  return (
    <>
      <Button onClick={() => void view.set({ view: isTable ? null : 'table', of: null, at: null })}>
        {isTable ? <Rows3 aria-hidden /> : <Table2 aria-hidden />}
        {isTable ? 'Show lanes' : 'Show as a table'}
      </Button>
      <Button aria-haspopup="dialog" aria-expanded={asked} onClick={() => setAsked(true)}>
        <CalendarPlus aria-hidden />
        Subscribe
      </Button>
      {asked && (
        <Suspense>
          <Subscribe slug={slug} schedule={view.given.schedule} onClose={() => setAsked(false)} />
        </Suspense>
      )}
    </>
  )
}

const SPAN_WORDS: Record<SpanName, string> = { day: 'Day', week: 'Week', month: 'Month' }

function Controls({ view: { given, set, stretch, today } }: { view: View }) {
  const go = (day: string | null) => void set({ day, at: null, of: null })
  return (
    <search aria-label="Timeline" className="flex flex-wrap items-center gap-2">
      <Segmented
        aria-label="How much time"
        value={given.span}
        onValueChange={(span) => void set({ span: span === 'day' ? null : span, day: stretch.day })}
        options={SPANS.map((value) => ({ value, label: SPAN_WORDS[value] }))}
      />
      <span className="flex items-center gap-1">
        <Button
          aria-label={`The ${given.span} before`}
          onClick={() => go(neighbour(stretch, -1))}
          size="slim"
        >
          <ChevronLeft aria-hidden />
        </Button>
        <Input
          type="date"
          aria-label="Day"
          value={stretch.day}
          min="1970-01-01"
          max="2199-12-31"
          onChange={(event) => event.target.value && go(event.target.value)}
          className="w-38"
        />
        <Button aria-label={`The ${given.span} after`} onClick={() => go(neighbour(stretch, 1))} size="slim">
          <ChevronRight aria-hidden />
        </Button>
        <Button onClick={() => go(null)} disabled={given.day === null || given.day === today}>
          Today
        </Button>
      </span>
      <SearchInput
        label="Search schedules"
        placeholder="Search by name"
        value={given.q}
        onChange={(q) => void set({ q: q || null })}
        className="flex-1 basis-full sm:max-w-64 sm:basis-40"
      />
      <Chip
        on={given.show === 'trouble'}
        onPress={() => void set({ show: given.show === 'trouble' ? null : 'trouble' })}
      >
        Trouble only
      </Chip>
      {given.schedule !== null && (
        <Button variant="ghost" onClick={() => void set({ schedule: null, of: null, at: null })}>
          <X aria-hidden />
          All schedules
        </Button>
      )}
    </search>
  )
}

interface BodyProps extends ShownProps {
  lanes: Known
  onSight(first: number, last: number): void
  onOpen(triggerId: number, at: string, nearMs: number | null): void
}

function Body({ slug, view, lanes, onSight, onOpen }: BodyProps) {
  const { given, stretch, zone, nowMs, awake } = view
  const { first, error } = lanes
  if (error && !first)
    return <Problem error={error} retry={lanes.refetch} title="The timeline could not be loaded" />
  if (!first) return <Skeleton className="h-96" />
  if (first.total === 0) return <Nothing slug={slug} view={view} />
  if (given.view === 'table')
    return (
      <Suspense fallback={<Skeleton className="h-64" />}>
        <TimelineTable {...{ slug, view, lanes, onSight }} onOpen={onOpen} />
      </Suspense>
    )
  return (
    <section aria-label="Lanes" className="flex flex-col gap-3">
      <Lanes
        {...{ slug, lanes, stretch, nowMs, awake, onSight, onOpen }}
        total={first.total}
        opened={view.opened}
        onKey={keysOf(view)}
      />
      <p id="timeline-keys" className="text-xs text-faint">
        Times are those of {zone.replaceAll('_', ' ')}. Keys, once a mark or a name has the focus: arrows go
        from mark to mark and from line to line, Enter asks why, <kbd>t</kbd> goes to today, <kbd>+</kbd> and{' '}
        <kbd>-</kbd> show less and more time, Page Up and Page Down the time before and after, Escape closes
        the answer.
      </p>
    </section>
  )
}

function Nothing({ slug, view: { given, set } }: { slug: string; view: View }) {
  if (given.q || given.show || given.schedule !== null)
    return (
      <Empty
        icon={<ChartGantt />}
        title={given.show ? 'No trouble in this time' : 'No schedule is like that'}
        action={<Button onClick={() => void set({ q: null, show: null, schedule: null })}>Show all</Button>}
      >
        {given.show ? 'Nothing failed, was missed or was skipped.' : 'Nothing fits these words.'}
      </Empty>
    )
  return (
    <Empty
      icon={<ChartGantt />}
      title="Nothing is planned yet"
      action={
        <ButtonLink variant="primary" href={`/w/${slug}/schedules/new`}>
          New schedule
        </ButtonLink>
      }
    >
      Each schedule has a line here: what it did, what kept it, and when it runs next.
    </Empty>
  )
}
