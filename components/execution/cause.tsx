'use client'
/** Why a run came about, where something that happened fired it, and which runs it has set off. */
import { formatNumber } from '#components/ui/number.ts'
import { Link } from '#components/ui/link.tsx'
import { actorIn, aboutOf, type EventWords, sentenceOf } from '#components/event/words.ts'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Time } from '#components/ui/time.tsx'
import type { ExecutionDetail } from '#lib/contract/execution.ts'
import type { TriggerEvent } from '#lib/contract/trigger-event.ts'
import { StatusBadge } from './status-badge.tsx'
import { Json } from './steps.tsx'

interface Props {
  slug: string
  execution: ExecutionDetail
  words: EventWords
}

const linkClass = 'font-medium text-accent-text underline underline-offset-4'

export function CauseAndEffect({ slug, execution: it, words }: Props) {
  return (
    <>
      {(it.event || it.chain.causeId !== null) && <Cause slug={slug} execution={it} words={words} />}
      {it.caused.length > 0 && <Caused slug={slug} execution={it} />}
    </>
  )
}

function Cause({ slug, execution: it, words }: Props) {
  const { event, events, eventCount, chain } = it
  const earlier = events.filter((one) => one.id !== event?.id)
  return (
    <Card aria-labelledby="caused-by">
      <CardHeader>
        <CardTitle id="caused-by">Caused by</CardTitle>
        {eventCount !== null && eventCount > 1 && (
          <p className="text-sm text-faint">It stands for {formatNumber(eventCount)} events.</p>
        )}
      </CardHeader>
      <CardBody className="flex flex-col gap-3 text-sm">
        {event && <Happened event={event} words={words} />}
        {earlier.length > 0 && (
          <Disclosure title={`${earlier.length} earlier ${earlier.length === 1 ? 'event' : 'events'}`}>
            <ul className="flex flex-col gap-3 pl-6">
              {earlier.map((one) => (
                <li key={one.id}>
                  <Happened event={one} words={words} />
                </li>
              ))}
            </ul>
          </Disclosure>
        )}
        <Chained slug={slug} chain={chain} />
      </CardBody>
    </Card>
  )
}

function Happened({ event, words }: { event: TriggerEvent; words: EventWords }) {
  const about = aboutOf(event)
  return (
    <div className="flex flex-col gap-1">
      <p className="wrap-anywhere">
        <span className="font-medium">{sentenceOf(event.type, words)}</span>
        {about !== null && <>: {about}</>}
      </p>
      <p className="text-faint">
        <Time at={event.occurredAt} />, by {actorIn(event.actor)}
        {event.id !== null && <>, event #{event.id}</>}
      </p>
      <Disclosure title="What it said">
        <Json value={event.data} label={`Data of event ${event.id ?? ''}`} />
      </Disclosure>
    </div>
  )
}

function Chained({
  slug,
  chain: { causeId, rootId, depth },
}: {
  slug: string
  chain: TriggerEvent['chain']
}) {
  const run = (id: number) => (
    <Link href={`/w/${slug}/executions/${id}`} className={linkClass}>
      Run #{id}
    </Link>
  )
  if (causeId === null) return null
  return (
    <p>
      {run(causeId)} caused it
      {rootId !== null && rootId !== causeId && <>; the chain began with {run(rootId)}</>}
      <span className="text-faint">
        {' '}
        ({depth} {depth === 1 ? 'run' : 'runs'} deep)
      </span>
    </p>
  )
}

function Caused({ slug, execution: it }: Omit<Props, 'words'>) {
  return (
    <Card aria-labelledby="caused">
      <CardHeader>
        <CardTitle id="caused">Caused</CardTitle>
      </CardHeader>
      <ul className="mt-3 divide-y divide-line border-t border-line text-sm">
        {it.caused.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-5 py-3">
            <Link href={`/w/${slug}/executions/${one.id}`} className={linkClass}>
              {one.triggerName} #{one.id}
            </Link>
            <StatusBadge status={one.status} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
