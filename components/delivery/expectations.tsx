'use client'
/** Results that are due, what did not come in time and what is known of it, and what came after all. */
import { AlarmClockCheck } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { useState } from 'react'
import { Badge, type Tone } from '#components/ui/badge.tsx'

import { ListCard } from '#components/ui/list-card.tsx'
import { LoadMore, type Pages } from '#components/ui/load-more.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { RelativeTime, Time } from '#components/ui/time.tsx'
import { useExpectations } from '#lib/client/expectations.ts'
import type { Expectation, ExpectationState } from '#lib/contract/expectation.ts'

const WHICH = [
  { value: 'open', label: 'Due' },
  { value: 'missed', label: 'Missed' },
  { value: 'recovered', label: 'Came late' },
] as const
const STATES: Record<ExpectationState, { label: string; tone: Tone }> = {
  open: { label: 'Due', tone: 'neutral' },
  missed: { label: 'Missed', tone: 'bad' },
  recovered: { label: 'Came late', tone: 'good' },
}
const EMPTY: Record<ExpectationState, string> = {
  open: 'No result is due',
  missed: 'Nothing is missing',
  recovered: 'Nothing came late',
}

/** Of the whole workspace. */
export function Expectations({ slug }: { slug: string }) {
  const [status, setStatus] = useState<ExpectationState>('missed')
  const found = useExpectations(slug, { status })
  return (
    <ListCard
      id="expectations"
      title="Expectations"
      about="Results that are due by a deadline."
      action={
        <Segmented<ExpectationState>
          aria-label="Which expectations"
          value={status}
          onValueChange={setStatus}
          options={WHICH}
        />
      }
      items={found}
      below={found.hasNextPage && <More pages={found} />}
      empty={{
        icon: <AlarmClockCheck />,
        title: EMPTY[status],
        words: 'Give a schedule a deadline for its result under “Only if, and by when”.',
      }}
    >
      {(it) => <Row key={it.id} slug={slug} expectation={it} isNamed />}
    </ListCard>
  )
}

/** Of one schedule, whatever became of them. */
export function ExpectedOf({ slug, id }: { slug: string; id: number }) {
  const found = useExpectations(slug, { triggerId: id })
  return (
    <ListCard
      id="expectations"
      title="When its results are due"
      about="Results that came in time are no longer listed; the others say what is known."
      items={found}
      below={found.hasNextPage && <More pages={found} />}
      empty={{
        icon: <AlarmClockCheck />,
        title: 'No result is due',
        words: 'As soon as a run is planned, it is listed here with its deadline.',
      }}
    >
      {(it) => <Row key={it.id} slug={slug} expectation={it} isNamed={false} />}
    </ListCard>
  )
}

function Row({
  slug,
  expectation: it,
  isNamed,
}: {
  slug: string
  expectation: Expectation
  isNamed: boolean
}) {
  const { label, tone } = STATES[it.state]
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {isNamed && (
            <Link href={`/w/${slug}/schedules/${it.triggerId}`} className="hover:underline">
              {it.triggerName}
            </Link>
          )}
          <span className={isNamed ? 'font-normal text-soft' : undefined}>
            by <Time at={it.dueBy} />
          </span>
          <Badge tone={tone}>{label}</Badge>
        </p>
        {it.known !== null && <p className="text-sm text-soft wrap-anywhere">{it.known}</p>}
        <p className="text-sm text-faint">
          {it.recoveredAt ? (
            <>
              came <RelativeTime at={it.recoveredAt} />
            </>
          ) : it.missedAt ? (
            <>
              missed <RelativeTime at={it.missedAt} />
            </>
          ) : (
            <>
              due <RelativeTime at={it.dueBy} />
            </>
          )}
          {it.executionId !== null && (
            <>
              {', '}
              <Link
                href={`/w/${slug}/executions/${it.executionId}`}
                className="font-medium text-accent-text underline underline-offset-4"
              >
                its run
              </Link>
            </>
          )}
        </p>
      </div>
    </li>
  )
}

const More = ({ pages }: { pages: Pages }) => (
  <div className="flex flex-col border-t border-line p-3">
    <LoadMore pages={pages} />
  </div>
)
