/** What a schedule is set to, in words. */
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import { lazily } from '#components/ui/lazily.tsx'
import { Link } from '#components/ui/link.tsx'
import { type ReactNode, Suspense } from 'react'
import { formatDuration } from '#components/ui/instants.ts'
import { RelativeTime, Time } from '#components/ui/time.tsx'
import { useForecast } from '#lib/client/forecast.ts'
import { useMe } from '#lib/client/people.ts'
import { useReadiness } from '#lib/client/readiness.ts'
import type { Agent } from '#lib/contract/agent.ts'
import type { ReadinessCheck } from '#lib/contract/readiness.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { choiceLabel } from './editor/choices.ts'
import { forecastIn } from './forecast.ts'
import { waits } from './kinds.ts'

const NamedCalendars = lazily(async () => ({
  default: (await import('#components/calendar/named.tsx')).NamedCalendars,
}))

const Gate = lazily(async () => ({ default: (await import('#components/condition/gate.tsx')).Gate }))

export function ScheduleFacts({
  slug,
  schedule: it,
  agent,
}: {
  slug: string
  schedule: Trigger
  agent: Agent | undefined
}) {
  return (
    <dl className="grid gap-x-8 gap-y-3 text-sm sm:grid-cols-[auto_1fr]">
      <Fact label="When">
        {it.humanReadable}
        {it.cronExpression && (
          <code className="ml-2 rounded-sm whitespace-nowrap bg-sunken px-1.5 py-0.5 font-mono text-xs">
            {it.cronExpression}
          </code>
        )}
      </Fact>
      <Fact label="Next run">
        {it.nextRunAt ? (
          <>
            <RelativeTime at={it.nextRunAt} />{' '}
            <span className="text-faint">
              (<Time at={it.nextRunAt} />)
            </span>
          </>
        ) : waits(it) ? (
          'when it happens'
        ) : (
          'none'
        )}
      </Fact>
      <DaysOff slug={slug} ids={it.calendars} />
      <Gated onlyIf={it.onlyIf} />
      <Fact label="Last run">{it.lastRunAt ? <RelativeTime at={it.lastRunAt} /> : 'not yet'}</Fact>
      <Fact label="Agent">
        {agent?.name ?? it.agentId}
        {agent && <span className="block text-faint">{agent.description}</span>}
      </Fact>
      <Fact label="If one still runs">{choiceLabel('overlap', it.overlap)}</Fact>
      <Fact label="Missed runs">
        {choiceLabel('misfire', it.misfire)}
        {it.misfire !== 'skip' && `, within ${formatDuration(it.catchupWindow * 1000)}`}
      </Fact>
      <Fact label="A run may take">
        {formatDuration(it.timeoutSeconds * 1000)}
        {it.retries > 0 && `, and is tried again ${it.retries === 1 ? 'once' : `${it.retries} times`}`}
      </Fact>
      {it.agentType !== 'system' && <OfNeeds slug={slug} schedule={it} />}
      {it.agentType === 'custom' && <OfModel slug={slug} id={it.id} />}
      <Fact label="In the chat">{choiceLabel('post', it.post)}</Fact>
      {it.startsAt && (
        <Fact label="Starts">
          <Time at={it.startsAt} />
        </Fact>
      )}
      {it.endsAt && (
        <Fact label="Ends">
          <Time at={it.endsAt} />
        </Fact>
      )}
      {it.maxExecutions !== null && <Fact label="Runs in all">at most {it.maxExecutions}</Fact>}
      <Fact label="Key in exports">
        <code className="font-mono text-xs wrap-anywhere">{it.key}</code>
      </Fact>
      <Fact label="Changed">
        <RelativeTime at={it.updatedAt} />
      </Fact>
    </dl>
  )
}

const DaysOff = ({ slug, ids }: { slug: string; ids: readonly number[] }) =>
  ids.length > 0 && (
    <Fact label="Skip days">
      <Suspense>
        <NamedCalendars slug={slug} ids={ids} />
      </Suspense>
    </Fact>
  )

const Gated = ({ onlyIf }: Pick<Trigger, 'onlyIf'>) =>
  onlyIf && (
    <Fact label="Only if">
      <Suspense>
        <Gate onlyIf={onlyIf} />
      </Suspense>
    </Fact>
  )

const SIGNS = {
  ok: <CircleCheck aria-label="Ready:" className="mt-0.5 size-4 shrink-0 text-good" />,
  warning: <TriangleAlert aria-label="Warning:" className="mt-0.5 size-4 shrink-0 text-warn" />,
  failing: <CircleX aria-label="Missing:" className="mt-0.5 size-4 shrink-0 text-bad" />,
}

function Need({ slug, check: { state, code, detail, remedy } }: { slug: string; check: ReadinessCheck }) {
  const mayPrice = useMe().data?.installationAdmin ?? false
  return (
    <li className="flex items-start gap-2">
      {SIGNS[state]}
      <span className="min-w-0 wrap-anywhere">
        {detail}
        {remedy && <span className="block text-faint">{remedy}</span>}
        {code === 'no_price' && mayPrice && (
          <Link
            className="font-medium text-accent-text underline underline-offset-4"
            href={`/w/${slug}/settings#prices`}
          >
            Enter its price
          </Link>
        )}
      </span>
    </li>
  )
}

/** Of an agent that may lack something, and may ask. */
function OfNeeds({ slug, schedule: it }: { slug: string; schedule: Trigger }) {
  const readiness = useReadiness(slug, it.id)
  const { role, requireOther, expireAfterSeconds, onExpiry } = it.approvals
  return (
    <>
      <Fact label="Approvals">
        {role === 'admin' ? 'Admins decide' : 'Editors and admins decide'}
        {requireOther && ', but not the author'}, within {formatDuration(expireAfterSeconds * 1000)}
        {onExpiry === 'fail' ? '; else the run fails' : '; else it goes on without'}
      </Fact>
      {readiness.data && (
        <Fact label="Needs">
          <ul className="flex flex-col gap-1">
            {readiness.data.checks.map((one) => (
              <Need key={one.name} slug={slug} check={one} />
            ))}
          </ul>
        </Fact>
      )}
    </>
  )
}

/** What only an agent that asks a model has. */
function OfModel({ slug, id }: { slug: string; id: number }) {
  const forecast = useForecast(slug, id)
  return forecast.data && <Fact label="Cost">{forecastIn(forecast.data)}</Fact>
}

export const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <>
    <dt className="-mb-2.5 text-faint sm:mb-0">{label}</dt>
    <dd className="min-w-0 wrap-anywhere">{children}</dd>
  </>
)
