'use client'
/** One run: how it ended and why, its times, what it did, said and ran with. */
import { lazily } from '#components/ui/lazily.tsx'
import { formatDollars, formatNumber } from '#components/ui/number.ts'
import { Link } from '#components/ui/link.tsx'
import { Fragment, type ReactNode, Suspense } from 'react'
import { Formatted } from '#components/chat/formatted.tsx'
import { AskedBy } from '#components/approval/asked-by.tsx'
import { Told } from '#components/delivery/told.tsx'
import { BackLink } from '#components/ui/back-link.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { ButtonLink } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardTitle, Section } from '#components/ui/card.tsx'
import { CopyButton } from '#components/ui/copy.tsx'
import { cn } from '#components/ui/cn.ts'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { formatDuration } from '#components/ui/instants.ts'
import { Elapsed, Time } from '#components/ui/time.tsx'
import { useExecution } from '#lib/client/executions.ts'
import { useMay } from '#lib/client/people.ts'
import type { ExecutionDetail } from '#lib/contract/execution.ts'
import type { EventWords } from '#components/event/words.ts'
import { ExecutionActions } from './actions.tsx'
import { CauseAndEffect } from './cause.tsx'
import { ExecutionStatus } from './status-badge.tsx'
import { Json, Steps } from './steps.tsx'
import { gapOf, goesOn, latenessOf, momentOf, originOf, requesterOf } from './words.ts'

const Differences = lazily(async () => ({ default: (await import('./beside.tsx')).Differences }))
const Neighbours = lazily(async () => ({ default: (await import('./beside.tsx')).Neighbours }))
const SinceSuccess = lazily(async () => ({
  default: (await import('#components/schedule/since-success.tsx')).SinceSuccess,
}))

export function ExecutionPage({
  slug,
  id,
  known,
  worked,
  words,
}: {
  slug: string
  id: number
  known: ExecutionDetail | null
  /** What became another since its schedule last worked, drawn with the page where it had failed by then. */
  worked: ReactNode
  words: EventWords
}) {
  const execution = useExecution(slug, id, known)
  if (execution.isPending)
    return (
      <Page
        title={<Skeleton className="h-8 w-64" />}
        back={<BackLink href={`/w/${slug}/executions`}>Runs</BackLink>}
      >
        <Waiting className="flex flex-col gap-4">
          <Skeleton className="h-32" />
          <Skeleton className="h-64" />
        </Waiting>
      </Page>
    )
  if (execution.error && !execution.data) {
    return (
      <Page title="Run" back={<BackLink href={`/w/${slug}/executions`}>Runs</BackLink>}>
        <Problem
          error={execution.error}
          retry={execution.refetch}
          action={<ButtonLink href={`/w/${slug}/executions`}>All runs</ButtonLink>}
        />
      </Page>
    )
  }
  // Another run is another page: what was asked of the last one is not asked of this one.
  return (
    execution.data && <Shown key={id} slug={slug} execution={execution.data} worked={worked} words={words} />
  )
}

function Shown({
  slug,
  execution: it,
  worked,
  words,
}: {
  slug: string
  execution: ExecutionDetail
  worked: ReactNode
  words: EventWords
}) {
  const may = useMay(slug, 'editor')
  const origin = originOf(it)
  return (
    <Page
      back={<BackLink href={`/w/${slug}/executions`}>Runs</BackLink>}
      title={
        <>
          {it.triggerName} <span className="font-normal text-faint">#{it.id}</span>
        </>
      }
      description={
        <span className="flex flex-wrap items-center gap-2">
          <ExecutionStatus execution={it} />
          {origin && <Badge tone="outline">{origin}</Badge>}
          {it.eventCount !== null && it.eventCount > 1 && (
            <Badge tone="outline">{formatNumber(it.eventCount)} events</Badge>
          )}
          {it.staged && <Badge tone="accent">Staged: nothing was done</Badge>}
          {it.tainted && <Badge tone="warn">Has read text from outside</Badge>}
          {it.attempt > 1 && <Badge tone="outline">Attempt {it.attempt}</Badge>}
        </span>
      }
      actions={
        <>
          <Suspense fallback={<span className="min-h-8 min-w-16" />}>
            <Neighbours slug={slug} id={it.id} />
          </Suspense>
          <ButtonLink variant="ghost" href={`/w/${slug}/schedules/${it.triggerId}`}>
            Open the schedule
          </ButtonLink>
          {may && <ExecutionActions slug={slug} execution={it} />}
        </>
      }
    >
      {it.reason && <Reason status={it.status}>{it.reason}</Reason>}
      {it.deliveryStatus !== 'none' && <Told slug={slug} executionId={it.id} />}
      <AskedBy slug={slug} executionId={it.id} which="pending" />
      {it.error && it.error !== it.reason && (
        <Section id="error" title="Error">
          <pre className="font-mono text-sm whitespace-pre-wrap text-bad wrap-anywhere">{it.error}</pre>
        </Section>
      )}
      {it.status === 'failed' &&
        (worked || (
          <Suspense>
            <SinceSuccess slug={slug} triggerId={it.triggerId} executionId={it.id} known={null} />
          </Suspense>
        ))}
      {it.output && (
        <Card aria-labelledby="output">
          <CardHeader>
            <CardTitle id="output">Output</CardTitle>
            <CopyButton text={it.output} label="The output" />
          </CardHeader>
          <CardBody>
            <Formatted text={it.output} />
          </CardBody>
        </Card>
      )}
      <Times execution={it} slug={slug} />
      <CauseAndEffect slug={slug} execution={it} words={words} />
      <AskedBy slug={slug} executionId={it.id} which="decided" />
      {(it.steps.length > 0 || it.status === 'running') && (
        <Section id="steps" title="Steps">
          {it.steps.length > 0 ? (
            <Steps steps={it.steps} startedAt={it.startedAt} />
          ) : (
            <p className="text-sm text-faint">It has not said anything yet.</p>
          )}
        </Section>
      )}
      <RanWith execution={it} />
      {/* It comes last, for it is there last: nothing stands below it that it could push away. */}
      <Suspense>
        <Differences slug={slug} execution={it} />
      </Suspense>
    </Page>
  )
}

const REASON_TONES: Partial<Record<ExecutionDetail['status'], string>> = {
  failed: 'bg-bad-soft text-bad',
  missed: 'bg-warn-soft text-warn',
}

const Reason = ({ status, children }: { status: ExecutionDetail['status']; children: string }) => (
  <p
    className={cn(
      'rounded-lg px-4 py-3 whitespace-pre-wrap wrap-anywhere',
      REASON_TONES[status] ?? 'bg-sunken text-soft',
    )}
  >
    {children}
  </p>
)

function RanWith({ execution: it }: { execution: ExecutionDetail }) {
  const { context, ...config } = it.config
  return (
    <Section id="ran-with" title="What it ran with">
      <p className="text-sm text-soft">
        Agent <code className="rounded-sm bg-sunken px-1.5 py-0.5 font-mono text-xs">{it.agentId}</code>
      </p>
      <Disclosure title="Context" className="mt-2 text-sm">
        <Json value={context ?? {}} label="Context" />
      </Disclosure>
      <Disclosure title="Configuration" className="text-sm">
        <Json value={config} label="Configuration" />
      </Disclosure>
      {it.outcome !== null && (
        <Disclosure title="Structured outcome" className="text-sm">
          <Json value={it.outcome} label="Structured outcome" />
        </Disclosure>
      )}
    </Section>
  )
}

/** From its plan to its end in one line; all its times behind it. */
function Times({ slug, execution: it }: { slug: string; execution: ExecutionDetail }) {
  return (
    <Card aria-label="Times">
      <CardBody className="flex flex-col gap-2">
        <p className="flex flex-wrap content-start items-baseline gap-x-2 gap-y-1 text-sm tabular-nums max-sm:min-h-17">
          {legsOf(slug, it).map((leg, n) => (
            <Fragment key={String(n)}>
              {n > 0 && (
                <span aria-hidden className="text-faint">
                  →
                </span>
              )}
              <span>{leg}</span>
            </Fragment>
          ))}
        </p>
        <Disclosure title="All times and figures" className="text-sm">
          <AllTimes execution={it} />
        </Disclosure>
      </CardBody>
    </Card>
  )
}

function legsOf(slug: string, it: ExecutionDetail): ReactNode[] {
  const requester = requesterOf(it)
  const lateness = latenessOf(it)
  const begun = it.startedAt && (
    <>
      started{' '}
      {lateness ?? (
        <>
          at <Time at={it.startedAt} format="time" />
        </>
      )}
    </>
  )
  const isOn = goesOn(it) && it.status !== 'waiting'
  const took = isOn ? (
    <>
      running for <Elapsed since={it.startedAt ?? it.queuedAt} />
    </>
  ) : (
    it.durationMs !== null && `took ${formatDuration(it.durationMs)}`
  )
  return [
    <Fragment key="plan">
      {momentOf(it)} <Time at={it.scheduledFor ?? it.queuedAt} format="second" />
      {requester && `, by ${requester}`}
    </Fragment>,
    it.retryOf !== null && (
      <>
        repeats{' '}
        <Link
          href={`/w/${slug}/executions/${it.retryOf}`}
          className="font-medium text-accent-text underline underline-offset-4"
        >
          #{it.retryOf}
        </Link>
      </>
    ),
    begun,
    it.status === 'queued' && (
      <>
        waits for <Elapsed since={it.queuedAt} />
      </>
    ),
    it.startedAt && took,
    it.tokensUsed > 0 && `${formatNumber(it.tokensUsed)} tokens`,
    it.cost > 0 && formatDollars(it.cost),
  ].filter((leg) => Boolean(leg))
}

function AllTimes({ execution: it }: { execution: ExecutionDetail }) {
  const gap = gapOf(it)
  const lateness = latenessOf(it)
  const requester = requesterOf(it)
  return (
    <dl className="grid gap-x-6 gap-y-4 pt-2 text-sm sm:grid-cols-2 xl:grid-cols-4">
      {gap && it.missedFrom && it.missedTo && (
        <Fact label="Stands for">
          {gap}, from <Time at={it.missedFrom} /> to <Time at={it.missedTo} />
        </Fact>
      )}
      {it.scheduledFor && (
        <Fact label="Planned for">
          <Time at={it.scheduledFor} format="full" />
        </Fact>
      )}
      {requester && <Fact label="Started by">{requester}</Fact>}
      <Fact label="Queued">
        <Time at={it.queuedAt} format="full" />
      </Fact>
      {it.startedAt && (
        <Fact label="Started">
          <Time at={it.startedAt} format="full" />
          {lateness && <span className="block text-faint">{lateness}</span>}
        </Fact>
      )}
      {it.completedAt && (
        <Fact label="Ended">
          <Time at={it.completedAt} format="full" />
        </Fact>
      )}
      {it.startedAt && it.durationMs !== null && (
        <Fact label="Duration">{formatDuration(it.durationMs)}</Fact>
      )}
      <Spent execution={it} />
    </dl>
  )
}

/** What the model was, what it was given and made, and what that cost. */
function Spent({ execution: it }: { execution: ExecutionDetail }) {
  return (
    <>
      {it.model && (
        <Fact label="Model">
          {it.model}
          {it.agentRevision !== null && (
            <span className="block text-faint">revision {it.agentRevision} of the agent</span>
          )}
        </Fact>
      )}
      {it.tokensUsed > 0 && (
        <Fact label="Tokens">
          {formatNumber(it.tokensUsed)}
          {it.tokensIn > 0 && (
            <span className="block text-faint">
              {formatNumber(it.tokensIn)} in
              {it.tokensCached > 0 && ` (${formatNumber(it.tokensCached)} cached)`},{' '}
              {formatNumber(it.tokensOut)} out
            </span>
          )}
        </Fact>
      )}
      {it.cost > 0 && <Fact label="Cost">{formatDollars(it.cost)}</Fact>}
    </>
  )
}

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-faint">{label}</dt>
    <dd className="font-medium tabular-nums wrap-anywhere">{children}</dd>
  </div>
)
