'use client'
/** Asks why a schedule ran at an instant, or did not, and shows the sentence with what it rests on. */
import { type FormEvent, useState } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Time, useZone } from '#components/ui/time.tsx'
import { useWhy } from '#lib/client/schedules.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import type { Why as Answer } from '#lib/contract/why.ts'
import { instantOf, wallOf } from './wall-clock.ts'

export function Why({ slug, schedule }: { slug: string; schedule: Trigger }) {
  const { timezone, lastRunAt, nextRunAt, createdAt } = schedule
  const [asked, setAsked] = useState<string | null>(null)
  const why = useWhy(slug, schedule.id, asked)
  // The server draws it, too: what is typed before the page is awake is kept, and can be sent once it is.
  const awake = useZone() !== null

  function ask(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const instant = instantOf(String(new FormData(event.currentTarget).get('at')), timezone)
    if (instant === null) return
    if (instant === asked) void why.refetch()
    else setAsked(instant)
  }

  return (
    <Card aria-labelledby="why">
      <CardHeader>
        <div className="min-w-0">
          <CardTitle id="why">Why?</CardTitle>
          <p className="text-sm text-faint">Did it run then, will it, and if not, what kept it?</p>
        </div>
      </CardHeader>
      <CardBody className="flex flex-col gap-4">
        <form onSubmit={ask} className="flex flex-wrap items-end gap-3">
          <label htmlFor="why-at" className="flex min-w-0 flex-col gap-1.5 text-sm font-medium">
            Time in {timezone.replaceAll('_', ' ')}
            <Input
              id="why-at"
              type="datetime-local"
              name="at"
              defaultValue={wallOf(lastRunAt ?? nextRunAt ?? createdAt, timezone)}
              required
              className="font-normal"
            />
          </label>
          <Button type="submit" pending={why.isFetching} disabled={!awake}>
            Ask
          </Button>
        </form>
        <div aria-live="polite">
          {why.error && <ProblemNote error={why.error} />}
          {why.data && <Told slug={slug} why={why.data} />}
        </div>
      </CardBody>
    </Card>
  )
}

const VERDICTS: Record<Answer['verdict'], string> = {
  ran: 'Ran',
  late: 'Ran late',
  waiting: 'Waits',
  queued: 'In the queue',
  skipped: 'Skipped',
  missed: 'Missed',
  cancelled: 'Cancelled',
  filtered: 'Filtered',
  not_planned: 'Not planned',
  paused: 'Paused',
  disabled: 'Off',
  deleted: 'Deleted',
  future: 'To come',
}
const KINDS: Record<Answer['evidence'][number]['kind'], string> = {
  execution: 'Run',
  revision: 'Settings',
  event: 'Event',
  comparison: 'Compared',
  down: 'Server down',
  asleep: 'Server asleep',
  paused: 'Everything paused',
  clock: 'Clock set',
}

function Told({ slug, why: { verdict, answer, evidence, executionId } }: { slug: string; why: Answer }) {
  return (
    <div className="flex flex-col gap-3">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1 wrap-anywhere">
        <Badge>{VERDICTS[verdict]}</Badge>
        <span className="min-w-0 flex-1 basis-60">{answer}</span>
      </p>
      {evidence.length > 0 && (
        <ul aria-label="What this rests on" className="divide-y divide-line border-y border-line text-sm">
          {evidence.map((it) => (
            <li key={`${it.kind} ${it.ref} ${it.at}`} className="flex flex-wrap gap-x-3 gap-y-0.5 py-2">
              <span className="w-32 shrink-0 text-faint">{KINDS[it.kind]}</span>
              <span className="min-w-0 flex-1 basis-52 wrap-anywhere">{it.text}</span>
              <span className="text-faint tabular-nums">
                <Time at={it.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {executionId !== null && (
        <ButtonLink
          size="sm"
          variant="ghost"
          className="self-start"
          href={`/w/${slug}/executions/${executionId}`}
        >
          See the run
        </ButtonLink>
      )}
    </div>
  )
}
