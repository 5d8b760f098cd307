'use client'
/** The answer to an instant that was pressed: why, what it rests on, and the way to the run. */
import { X } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Chip } from '#components/ui/chip.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Skeleton } from '#components/ui/skeleton.tsx'
import { formatInstant } from '#components/ui/instants.ts'
import { Told } from '#components/schedule/told.tsx'
import { instantNear, wallOf } from '#components/schedule/wall-clock.ts'
import { useWhy } from '#lib/client/schedules.ts'
import type { Lanes } from '#lib/client/timeline.ts'
import type { Lane, Mark } from '#lib/contract/timeline.ts'
import type { Opened } from './asked.ts'
import { timeWords } from './lane.tsx'
import { countWords, grouped, groupWords, STATE_WORDS } from './marks.ts'
import type { View } from './state.ts'

interface PanelProps {
  slug: string
  view: View
  opened: Opened
  /** Marks that lie no farther from each other are one. */
  nearMs: number
  lanes: Lanes
}

export function Panel({ slug, view, opened, nearMs, lanes }: PanelProps) {
  const title = useId()
  const lane = laneIn(lanes, opened.triggerId)
  const close = () => {
    const { given, set, stretch } = view
    void set({ at: null, of: null, day: given.day ?? stretch.day })
    document.querySelector<HTMLElement>('[role=grid] [tabindex="0"]')?.focus()
  }
  return (
    <section
      aria-labelledby={title}
      onKeyDown={(event) => event.key === 'Escape' && close()}
      className="sticky bottom-3 z-30 max-h-[60dvh] overflow-y-auto rounded-xl border border-line bg-raised p-4 shadow-raised sm:p-5"
    >
      <header className="mb-3 flex items-start gap-3">
        <h2 id={title} className="min-w-0 flex-1 font-semibold wrap-anywhere">
          {lane?.name ?? `Schedule ${opened.triggerId}`}
          <span className="ml-2 font-normal text-faint tabular-nums">
            {formatInstant(opened.at, 'instant', view.zone)}
          </span>
        </h2>
        <Button variant="ghost" size="sm" aria-label="Close the answer" onClick={close}>
          <X aria-hidden />
        </Button>
      </header>
      {/* Another instant is another question: nothing of the last one stands under it. */}
      <Answer key={`${opened.triggerId} ${opened.at}`} {...{ slug, view, opened, nearMs, lane }} />
    </section>
  )
}

function laneIn(lanes: Lanes, id: number): Lane | undefined {
  const total = lanes.first?.total ?? 0
  for (let n = 0; n < total; n++) {
    const lane = lanes.laneAt(n)
    if (lane?.triggerId === id) return lane
  }
  return undefined
}

const MOST_LISTED = 24

interface AnswerProps extends Omit<PanelProps, 'lanes'> {
  lane: Lane | undefined
}

function Answer({ slug, view, opened, nearMs, lane }: AnswerProps) {
  // Of a mark that stands for several, each can be asked about.
  const groups = lane ? grouped(lane.marks, view.stretch, nearMs) : []
  const marks = groups.find((it) => it.key === opened.at)?.marks ?? []
  const [chosen, setChosen] = useState(0)
  const mark = marks[chosen]
  const asked = mark ? mark.ask : { at: opened.at }
  const why = useWhy(slug, opened.triggerId, asked)
  return (
    <div className="flex flex-col gap-4">
      {marks.length > 1 && <Several marks={marks} chosen={chosen} choose={setChosen} view={view} />}
      <div aria-live="polite" className="min-h-16">
        {asked && why.isPending && <Skeleton className="h-16" />}
        {why.error && <ProblemNote error={why.error} />}
        {why.data && <Told slug={slug} why={why.data} />}
        {mark && asked === null && <Fact slug={slug} mark={mark} />}
      </div>
      <Another view={view} opened={opened} lane={lane} />
    </div>
  )
}

interface SeveralProps {
  marks: readonly Mark[]
  chosen: number
  choose(n: number): void
  view: View
}

function Several({ marks, chosen, choose, view: { stretch, awake } }: SeveralProps) {
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm text-soft">{countWords(marks)}. Which one?</p>
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">Runs that stand at this mark</legend>
        {marks.slice(0, MOST_LISTED).map((it, n) => (
          <Chip key={it.at + String(it.executionId)} on={n === chosen} onPress={() => choose(n)}>
            {timeWords(it.at, stretch, awake)} {STATE_WORDS[it.state]}
          </Chip>
        ))}
      </fieldset>
      {marks.length > MOST_LISTED && (
        <p className="text-xs text-faint">
          {marks.length - MOST_LISTED} more: show less time to tell them apart.
        </p>
      )}
    </div>
  )
}

/** What a person started has no plan to be asked about. */
function Fact({ slug, mark }: { slug: string; mark: Mark }) {
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1 wrap-anywhere">
        {mark.kind === 'manual' && <Badge>Run by hand</Badge>}
        {mark.kind === 'retry' && <Badge>Run again</Badge>}
        <span>
          {groupWords({ marks: [mark], count: mark.count })}
          {mark.reason ? `. ${mark.reason}` : '.'}
        </span>
      </p>
      {mark.executionId !== null && (
        <ButtonLink size="sm" variant="ghost" href={`/w/${slug}/executions/${mark.executionId}`}>
          See the run
        </ButtonLink>
      )}
    </div>
  )
}

/** To the minute, by the keyboard, and by the clock of the schedule's own place. */
function Another({ view, opened, lane }: Pick<AnswerProps, 'view' | 'opened' | 'lane'>) {
  const id = useId()
  const zone = lane?.timezone ?? view.zone
  function ask(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const at = instantNear(String(new FormData(event.currentTarget).get('at')), zone, opened.at)
    if (at) void view.set({ of: opened.triggerId, at, day: view.stretch.day })
  }
  return (
    <form onSubmit={ask} className="flex flex-wrap items-end gap-2 border-t border-line pt-3 text-sm">
      <label htmlFor={id} className="flex min-w-0 flex-col gap-1">
        Another time in {zone.replaceAll('_', ' ')}
        <Input id={id} name="at" type="datetime-local" required defaultValue={wallOf(opened.at, zone)} />
      </label>
      <Button type="submit">Ask</Button>
    </form>
  )
}
