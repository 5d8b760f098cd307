'use client'
/** Asks why a schedule ran at an instant, or did not, and shows the sentence with what it rests on. */
import { ChartGantt } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useZone } from '#components/ui/time.tsx'
import { useExecutions } from '#lib/client/executions.ts'
import { useWhy } from '#lib/client/schedules.ts'
import { MOST_BARS } from '#lib/contract/bars.ts'
import type { Execution } from '#lib/contract/execution.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { Told } from './told.tsx'
import { instantNear, wallOf } from './wall-clock.ts'

/** By the clock, and not by somebody who asked for it again. */
const isPlanned = ({ kind, scheduledFor }: Execution) => scheduledFor !== null && kind !== 'retry'

export function Why({ slug, schedule }: { slug: string; schedule: Trigger }) {
  const { timezone, lastRunAt, nextRunAt, createdAt } = schedule
  // The list that the page shows anyway.
  const runs = useExecutions(slug, { triggerId: schedule.id }, { limit: MOST_BARS })
  const planned = runs.data?.find(isPlanned)?.scheduledFor ?? (lastRunAt === null ? nextRunAt : null)
  const [asked, setAsked] = useState<string | null>(null)
  const why = useWhy(slug, schedule.id, asked === null ? null : { at: asked })
  // The server draws it, too: what is typed before the page is awake is kept, and can be sent once it is.
  const awake = useZone() !== null

  function ask(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const wall = String(new FormData(event.currentTarget).get('at'))
    const instant = instantNear(wall, timezone, planned)
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
        <ButtonLink size="sm" variant="ghost" href={`/w/${slug}/timeline?schedule=${schedule.id}`}>
          <ChartGantt aria-hidden />
          Timeline
        </ButtonLink>
      </CardHeader>
      <CardBody className="flex flex-col gap-4">
        <form onSubmit={ask} className="flex flex-wrap items-end gap-3">
          <label htmlFor="why-at" className="flex min-w-0 flex-col gap-1.5 text-sm font-medium">
            Time in {timezone.replaceAll('_', ' ')}
            <Input
              id="why-at"
              type="datetime-local"
              name="at"
              defaultValue={wallOf(planned ?? lastRunAt ?? createdAt, timezone)}
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
