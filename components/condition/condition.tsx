'use client'
/** What a trigger watches, how that stands, and how it has been. */
import { CircleAlert, Gauge } from 'lucide-react'
import { useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { useNow } from '#components/ui/clock.ts'
import { Problem, ProblemNote } from '#components/ui/problem.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { Skeleton } from '#components/ui/skeleton.tsx'
import { useCheck, useConditionState, useSamples } from '#lib/client/conditions.ts'
import { useExecutions } from '#lib/client/executions.ts'
import { useMay } from '#lib/client/people.ts'
import type { ConditionCheck, ConditionState, ConditionWhen } from '#lib/contract/condition-trigger.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { Chart } from './chart.tsx'
import { isFailing, STATES, stateInWords, valueInWords } from './words.ts'

const ChangeForm = lazily(() => import('./change-form.tsx'))

const SPANS = [
  { value: '6', label: '6 hours' },
  { value: '48', label: '2 days' },
  { value: '720', label: '30 days' },
] as const
type Span = (typeof SPANS)[number]['value']

/** Nothing where it watches nothing. */
export function Condition({ slug, schedule }: { slug: string; schedule: Trigger }) {
  const { condition } = schedule
  return condition && <Watched slug={slug} schedule={{ ...schedule, condition }} />
}

type Watching = Trigger & { condition: NonNullable<Trigger['condition']> }

function Watched({ slug, schedule }: { slug: string; schedule: Watching }) {
  const may = useMay(slug, 'editor')
  const { condition } = schedule
  const state = useConditionState(slug, schedule.id, condition.state).data
  return (
    <Card aria-labelledby="condition">
      <CardHeader>
        <div className="min-w-0">
          <CardTitle id="condition">What it watches</CardTitle>
          <p className="text-sm text-faint wrap-anywhere">{schedule.humanReadable}</p>
        </div>
        {may && (
          <div className="flex flex-wrap items-start justify-end gap-2">
            <AddDialog label="Change" title="Change what it watches" quiet>
              {(done) => <ChangeForm slug={slug} schedule={schedule} onDone={done} />}
            </AddDialog>
            <CheckNow slug={slug} id={schedule.id} />
          </div>
        )}
      </CardHeader>
      <CardBody className="flex flex-col gap-5">
        {state && <Standing state={state} />}
        <Past slug={slug} id={schedule.id} when={condition.when} />
      </CardBody>
    </Card>
  )
}

const TICK_MS = 10_000

/** A check that fails is no "not true": it says that it fails. */
function Standing({ state }: { state: ConditionState }) {
  const now = useNow(TICK_MS)
  const Icon = isFailing(state) ? CircleAlert : Gauge
  return (
    <p
      role={isFailing(state) ? 'alert' : undefined}
      className={isFailing(state) ? 'flex items-start gap-2 text-bad' : 'flex items-start gap-2'}
    >
      <Icon aria-hidden className="mt-0.5 size-5 shrink-0" />
      <span className="min-w-0 wrap-anywhere">
        {now === null ? STATES[state.state] : stateInWords(state, now)}
      </span>
    </p>
  )
}

function CheckNow({ slug, id }: { slug: string; id: number }) {
  const check = useCheck(slug, id)
  return (
    <div className="flex min-w-0 flex-col items-end gap-1">
      <Button size="sm" pending={check.isPending} onClick={() => check.mutate()}>
        Check now
      </Button>
      <div aria-live="polite" className="max-w-72 text-right text-sm text-soft wrap-anywhere">
        {check.error && <ProblemNote error={check.error} />}
        {check.data && checkInWords(check.data)}
      </div>
    </div>
  )
}

const checkInWords = ({ value, wouldFire, error }: ConditionCheck): string =>
  error === null
    ? `Now ${valueInWords(value)}: it would ${wouldFire ? '' : 'not '}fire.`
    : `The check failed: ${error}`

const numberOr = (it: ConditionWhen['value']) => (typeof it === 'number' ? it : null)

function Past({ slug, id, when }: { slug: string; id: number; when: ConditionWhen }) {
  const [hours, setHours] = useState<Span>('48')
  const samples = useSamples(slug, id, Number(hours))
  const executions = useExecutions(slug, { triggerId: id }, { limit: 200 })
  const isLevel = when.op === 'above' || when.op === 'below'
  return (
    <div className="flex flex-col gap-3">
      <Segmented<Span> aria-label="Time shown" value={hours} options={SPANS} onValueChange={setHours} />
      {samples.isPending ? (
        <Skeleton className="h-44" />
      ) : samples.error ? (
        <Problem error={samples.error} retry={samples.refetch} title="The checks could not be loaded" />
      ) : samples.data.length === 0 ? (
        <p className="text-sm text-soft">No check in this time.</p>
      ) : (
        <Chart
          slug={slug}
          samples={samples.data}
          line={isLevel ? numberOr(when.value) : null}
          clear={when.clear ?? null}
          executions={executions.data ?? []}
        />
      )}
    </div>
  )
}
