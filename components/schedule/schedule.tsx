'use client'
/** One schedule: what it is set to, what comes next, and how it has fared. */
import { lazily } from '#components/ui/lazily.tsx'
import { BackLink } from '#components/ui/back-link.tsx'
import { History, Pencil, Play } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ReactNode, Suspense } from 'react'
import { ExecutionTable } from '#components/execution/table.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting, WaitingRows } from '#components/ui/skeleton.tsx'
import { useZone } from '#components/ui/time.tsx'
import { useExecutions } from '#lib/client/executions.ts'
import { useMay } from '#lib/client/people.ts'
import { useSchedule, useSchedulePreview } from '#lib/client/schedules.ts'
import { useAgents } from '#lib/client/workspaces.ts'
import type { UsedAgent } from '#lib/contract/agent.ts'
import { MOST_BARS } from '#lib/contract/bars.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { ScheduleMenu, useRunNow } from './actions.tsx'
import { ScheduleFacts } from './facts.tsx'
import { Figures } from './figures.tsx'
import { HealthBadge } from './health.tsx'
import { waits } from './kinds.ts'
import { Heartbeat } from './heartbeat.tsx'
import { ScheduleNotice } from './notice.tsx'
import { PlannedRuns, Warnings } from './planned.tsx'
import { ScheduleSwitch } from './switching.tsx'
import { ScheduleNotes } from './notes.tsx'
import { TemplateNews } from './template-news.tsx'
import { Why } from './why.tsx'

// What only one kind has comes with a schedule of that kind.
const WaitsFor = lazily(async () => ({ default: (await import('#components/event/waits-for.tsx')).WaitsFor }))
const Decided = lazily(async () => ({ default: (await import('#components/event/decided.tsx')).Decided }))
const Webhook = lazily(async () => ({ default: (await import('#components/webhook/webhook.tsx')).Webhook }))
const SinceSuccess = lazily(async () => ({ default: (await import('./since-success.tsx')).SinceSuccess }))
const Revisions = lazily(async () => ({
  default: (await import('#components/revision/revisions.tsx')).Revisions,
}))
const ExpectedOf = lazily(async () => ({
  default: (await import('#components/delivery/expectations.tsx')).ExpectedOf,
}))
const Condition = lazily(async () => ({
  default: (await import('#components/condition/condition.tsx')).Condition,
}))

/** `known` and `agents`: what the server said while it drew the page. */
export function Schedule({
  slug,
  id,
  known,
  worked,
  agents,
}: {
  slug: string
  id: number
  known: Trigger | null
  /** What became another since it last worked, drawn with the page where its last run had failed by then. */
  worked: ReactNode
  agents: UsedAgent[]
}) {
  const schedule = useSchedule(slug, id, known)
  useAgents(slug, agents)
  if (schedule.isPending)
    return (
      <Page title={<Skeleton className="h-8 w-56" />}>
        <Waiting className="flex flex-col gap-4">
          <Skeleton className="h-44" />
          <Skeleton className="h-64" />
        </Waiting>
      </Page>
    )
  if (schedule.error && !schedule.data) {
    return (
      <Page title="Schedule" back={<BackLink href={`/w/${slug}/schedules`}>Schedules</BackLink>}>
        <Problem
          error={schedule.error}
          retry={schedule.refetch}
          action={<ButtonLink href={`/w/${slug}/schedules`}>All schedules</ButtonLink>}
        />
      </Page>
    )
  }
  return schedule.data && <Shown slug={slug} schedule={schedule.data} worked={worked} />
}

function Shown({ slug, schedule, worked }: { slug: string; schedule: Trigger; worked: ReactNode }) {
  const router = useRouter()
  const may = useMay(slug, 'editor')
  const { run, pending } = useRunNow(slug)
  const agent = useAgents(slug).data?.find(
    (it) => it.id === schedule.agentId || it.aliases.includes(schedule.agentId),
  )
  return (
    <Page
      title={
        <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
          {schedule.name}
          <HealthBadge health={schedule.health} />
        </span>
      }
      description={schedule.description || undefined}
      back={<BackLink href={`/w/${slug}/schedules`}>Schedules</BackLink>}
      actions={
        may && (
          <>
            <span className="mr-1 inline-flex items-center gap-2 text-sm text-soft">
              <span aria-hidden>{schedule.enabled ? 'On' : 'Off'}</span>
              <ScheduleSwitch slug={slug} schedule={schedule} />
            </span>
            <Button pending={pending} aria-keyshortcuts="r" onClick={() => run(schedule)}>
              {!pending && <Play aria-hidden />}Run now
            </Button>
            <ButtonLink href={`/w/${slug}/schedules/${schedule.id}/edit`} aria-keyshortcuts="e">
              <Pencil aria-hidden />
              Edit
            </ButtonLink>
            <ScheduleMenu
              slug={slug}
              schedule={schedule}
              compact
              onDeleted={() => router.push(`/w/${slug}/schedules`)}
            />
          </>
        )
      }
    >
      <ScheduleNotice slug={slug} schedule={schedule} />
      {schedule.lastStatus === 'failed' &&
        (worked || (
          <Suspense>
            <SinceSuccess slug={slug} triggerId={schedule.id} known={null} />
          </Suspense>
        ))}
      <div className="grid items-start gap-6 xl:grid-cols-[1fr_27rem]">
        <Card aria-labelledby="overview">
          <CardHeader>
            <CardTitle id="overview">Overview</CardTitle>
          </CardHeader>
          <CardBody>
            <ScheduleFacts slug={slug} schedule={schedule} agent={agent} />
          </CardBody>
        </Card>
        {schedule.event ? (
          <Suspense fallback={<Skeleton className="h-44" />}>
            <WaitsFor slug={slug} schedule={schedule} event={schedule.event} />
          </Suspense>
        ) : (
          <Card aria-labelledby="next-runs">
            <CardHeader>
              <CardTitle id="next-runs">Next runs</CardTitle>
            </CardHeader>
            <CardBody className="flex flex-col gap-4">
              <NextRuns slug={slug} schedule={schedule} />
            </CardBody>
          </Card>
        )}
      </div>
      <Suspense fallback={<Skeleton className="h-44" />}>
        {schedule.event && <Decided slug={slug} id={schedule.id} />}
        {schedule.kind === 'webhook' && <Webhook slug={slug} trigger={schedule} />}
        {schedule.condition && <Condition slug={slug} schedule={schedule} />}
        {schedule.expect && <ExpectedOf slug={slug} id={schedule.id} />}
      </Suspense>
      {may && schedule.origin && <TemplateNews slug={slug} id={schedule.id} />}
      {may && schedule.agentType === 'custom' && <ScheduleNotes slug={slug} id={schedule.id} />}
      <Why slug={slug} schedule={schedule} />
      <Past slug={slug} schedule={schedule} />
      <Suspense fallback={<Skeleton className="h-44" />}>
        <Revisions slug={slug} of={{ schedule: schedule.id }} input={agent?.input} />
      </Suspense>
    </Page>
  )
}

function NextRuns({ slug, schedule }: { slug: string; schedule: Trigger }) {
  if (schedule.nextRunAt !== null) return <PlannedAhead slug={slug} schedule={schedule} />
  return (
    <p className="text-sm text-soft">
      {waits(schedule)
        ? schedule.kind === 'webhook'
          ? 'It runs when it is called.'
          : 'It runs when what it waits for comes.'
        : schedule.health === 'ended'
          ? 'It has ended: no run is left.'
          : 'None while it is off.'}
    </p>
  )
}

function PlannedAhead({ slug, schedule }: { slug: string; schedule: Trigger }) {
  const preview = useSchedulePreview(slug, schedule.id)
  const zone = useZone()
  if (preview.isPending || zone === null) return <WaitingRows rows={5} className="flex flex-col gap-2.5" />
  if (preview.error) return <Problem error={preview.error} retry={preview.refetch} className="py-4" />
  return (
    <>
      <Warnings warnings={preview.data.warnings} />
      <PlannedRuns instants={preview.data.instants} zone={schedule.timezone} viewerZone={zone} />
    </>
  )
}

const MOST_LISTED = 10

function Past({ slug, schedule }: { slug: string; schedule: Trigger }) {
  const executions = useExecutions(slug, { triggerId: schedule.id }, { limit: MOST_BARS })
  const all = `/w/${slug}/executions?schedule=${schedule.id}`
  return (
    <>
      <Card aria-labelledby="how-it-fares">
        <CardHeader>
          <CardTitle id="how-it-fares">How it is doing</CardTitle>
        </CardHeader>
        <CardBody className="flex flex-col gap-6">
          {executions.data ? (
            <Heartbeat slug={slug} executions={executions.data} />
          ) : (
            <Skeleton className="h-9" />
          )}
          <Figures slug={slug} id={schedule.id} />
        </CardBody>
      </Card>
      <section aria-labelledby="runs" className="flex flex-col gap-3">
        <header className="flex items-center justify-between gap-3">
          <h2 id="runs" className="text-lg font-semibold">
            Runs
          </h2>
          {executions.data && executions.data.length > 0 && (
            <ButtonLink variant="ghost" size="sm" href={all}>
              See all
            </ButtonLink>
          )}
        </header>
        {executions.isPending ? (
          <WaitingRows rows={3} height="h-12" />
        ) : executions.error && !executions.data ? (
          <Problem error={executions.error} retry={executions.refetch} title="The runs could not be loaded" />
        ) : executions.data?.length === 0 ? (
          <Empty icon={<History />} title="It has not run yet">
            {waits(schedule) ? 'It runs when what it waits for comes.' : 'The next time is shown above.'}
          </Empty>
        ) : (
          executions.data && (
            <ExecutionTable
              slug={slug}
              label={`Runs of ${schedule.name}`}
              executions={executions.data.slice(0, MOST_LISTED)}
            />
          )
        )}
      </section>
    </>
  )
}
