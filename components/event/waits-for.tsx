'use client'
/** What a schedule waits for, in words: events, of which schedules, and how its filter wants them. */
import type { ReactNode } from 'react'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { formatDuration } from '#components/ui/instants.ts'
import { useSchedules } from '#lib/client/schedules.ts'
import type { EventTrigger } from '#lib/contract/event-trigger.ts'
import type { Filter } from '#lib/contract/filter.ts'
import { filterInWords } from '#lib/contract/filter-words.ts'
import type { Trigger } from '#lib/contract/trigger.ts'

const within = (seconds: number) => (seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000))

export function WaitsFor({
  slug,
  schedule: it,
  event,
}: {
  slug: string
  schedule: Trigger
  event: EventTrigger
}) {
  return (
    <Card aria-labelledby="waits-for">
      <CardHeader>
        <CardTitle id="waits-for">Waits for</CardTitle>
      </CardHeader>
      <CardBody>
        <dl className="flex flex-col gap-3 text-sm">
          <Line label="Events">
            {event.types.map((type) => (
              <code
                key={type}
                className="mr-1.5 inline-block rounded-sm bg-sunken px-1.5 py-0.5 font-mono text-xs"
              >
                {type}
              </code>
            ))}
          </Line>
          {event.triggerIds && <OfSchedules slug={slug} ids={event.triggerIds} />}
          {event.filter && (
            <Line label="Only if">
              <FilterWords filter={event.filter} />
            </Line>
          )}
          {it.collect && <Line label="Collected">{collectIn(it.collect)}</Line>}
          {it.throttle && (
            <Line label="At most">
              {it.throttle.count} {it.throttle.count === 1 ? 'start' : 'starts'} in{' '}
              {within(it.throttle.perSeconds)};{' '}
              {it.throttle.excess === 'defer' ? 'more wait for their turn' : 'more are skipped'}
            </Line>
          )}
          {it.overlapKey && (
            <Line label="Overlap">
              judged by itself for each <code className="font-mono text-xs">{it.overlapKey}</code>
            </Line>
          )}
          {it.cancelOn && (
            <Line label="Called off by">
              {it.cancelOn.map(({ types, filter }) => (
                <span key={JSON.stringify({ types, filter })} className="block">
                  {types.join(' or ')}
                  {filter && <>, if {filterInWords(filter)}</>}
                </span>
              ))}
            </Line>
          )}
          <Line label="Longest chain">{event.maxDepth} runs that cause runs</Line>
        </dl>
      </CardBody>
    </Card>
  )
}

function OfSchedules({ slug, ids }: { slug: string; ids: readonly number[] }) {
  const schedules = useSchedules(slug).data
  const names = ids.map((id) => schedules?.find((it) => it.id === id)?.name ?? `#${id}`)
  return <Line label="Of">{names.join(', ')}</Line>
}

/** Each part on a line of its own, as it was put together. */
function FilterWords({ filter }: { filter: Filter }) {
  const parts = 'all' in filter ? filter.all : 'any' in filter ? filter.any : [filter]
  const joint = 'any' in filter ? 'or ' : 'and '
  return parts.map((part, n) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the same may stand there twice
    <span key={n} className="block">
      {n > 0 && <span className="text-faint">{joint}</span>}
      {filterInWords(part)}
    </span>
  ))
}

function collectIn({ quietSeconds, maxSeconds, maxEvents, keep, key }: NonNullable<Trigger['collect']>) {
  const ends = [
    ...(quietSeconds === undefined ? [] : [`nothing came for ${within(quietSeconds)}`]),
    `${within(maxSeconds)} have passed`,
    `${maxEvents} have come`,
  ]
  return `until ${ends.join(', or ')}${key ? `, by itself for each ${key}` : ''}; ${
    keep === 'all' ? 'the run gets all of them' : 'the run gets the last one'
  }`
}

const Line = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt className="text-faint">{label}</dt>
    <dd className="min-w-0 wrap-anywhere">{children}</dd>
  </div>
)
