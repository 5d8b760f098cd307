'use client'
/** What the schedule would have made of the newest events that it listens for, as it stands in the form. */
import { ProblemNote } from '#components/ui/problem.tsx'
import { useResting } from '#components/ui/resting.ts'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { MOST_TRIED, type Tried, useTried } from '#lib/client/happenings.ts'
import type { EventTrigger } from '#lib/contract/event-trigger.ts'
import { Trace } from './trace.tsx'
import { VerdictBadge } from './verdict.tsx'
import { aboutOf, type EventWords, sentenceOf } from './words.ts'

const REST_MS = 600

export function TryIt({
  slug,
  event,
  words,
}: {
  slug: string
  event: EventTrigger | null
  words: EventWords
}) {
  const rested = useResting(JSON.stringify(event), REST_MS)
  const tried = useTried(slug, JSON.parse(rested) as EventTrigger | null)
  return (
    <section
      aria-labelledby="try-it"
      className="flex flex-col gap-3 rounded-lg bg-ground p-4 dark:bg-sunken/40"
    >
      <h3 id="try-it" className="text-sm font-medium">
        Try it on what has happened
      </h3>
      {event === null ? (
        <p className="text-sm text-soft">It is tried once it says what it waits for.</p>
      ) : tried.error ? (
        <ProblemNote error={tried.error} />
      ) : tried.data ? (
        <Results results={tried.data} words={words} />
      ) : (
        <Waiting>
          <Skeleton className="h-16" />
        </Waiting>
      )}
    </section>
  )
}

function Results({ results, words }: { results: readonly Tried[]; words: EventWords }) {
  const fired = results.filter((it) => it.verdict === 'fired').length
  if (results.length === 0)
    return <p className="text-sm text-soft">Nothing that it waits for has happened in the last 14 days.</p>
  return (
    <>
      <p className="text-sm text-soft" aria-live="polite">
        {`It would have fired on ${fired} of the last ${results.length}`}
        {results.length < MOST_TRIED && ' that there were'}.
      </p>
      <ol className="flex flex-col divide-y divide-line border-y border-line">
        {results.map((it) => (
          <li key={it.eventId} className="flex flex-col gap-1.5 py-2 text-sm">
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <VerdictBadge verdict={it.verdict} />
              <span className="min-w-0 flex-1 basis-40 wrap-anywhere">
                {sentenceOf(it.event.type, words)}
                {aboutOf(it.event) !== null && `: ${aboutOf(it.event)}`}
              </span>
              <span className="text-faint">
                <RelativeTime at={it.event.occurredAt} />
              </span>
            </p>
            <Trace trace={it.trace} />
          </li>
        ))}
      </ol>
    </>
  )
}
