'use client'
import Link from 'next/link'
import { STATUSES } from '#components/execution/status-badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { HeadRow, Table, TableBody, TableHead, Td, Th, Tr } from '#components/ui/table.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useAgents } from '#lib/client/workspaces.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { ScheduleMenu, useBringBack } from './actions.tsx'
import { HealthBadge } from './health.tsx'
import { waits } from './kinds.ts'
import { ScheduleNotice } from './notice.tsx'
import { ScheduleSwitch } from './switching.tsx'

interface Choosing {
  chosen: ReadonlySet<number>
  onChoose(chosen: ReadonlySet<number>): void
}

const toggled = (chosen: ReadonlySet<number>, id: number) =>
  new Set(chosen.has(id) ? [...chosen].filter((it) => it !== id) : [...chosen, id])

export function ScheduleTable({
  slug,
  schedules,
  may,
  chosen,
  onChoose,
  onTag,
}: Choosing & {
  slug: string
  schedules: readonly Trigger[]
  may: boolean
  onTag(tag: string): void
}) {
  const all = schedules.every((it) => chosen.has(it.id))
  const agents = useAgents(slug).data
  const nameOf = (id: string) => agents?.find((it) => it.id === id || it.aliases.includes(id))?.name ?? id
  return (
    <Table label="Schedules">
      <TableHead>
        <HeadRow>
          <Th className="w-full">
            <span className="flex items-center gap-3">
              {may && (
                <input
                  type="checkbox"
                  aria-label="Choose all that are shown"
                  className="size-4 accent-accent"
                  checked={all}
                  onChange={() => onChoose(new Set(all ? [] : schedules.map((it) => it.id)))}
                />
              )}
              Schedule
            </span>
          </Th>
          <Th>Health</Th>
          <Th>Next run</Th>
          <Th>Last run</Th>
          <Th>On</Th>
          {may && (
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          )}
        </HeadRow>
      </TableHead>
      <TableBody>
        {schedules.map((it) => (
          <Row
            key={it.id}
            slug={slug}
            schedule={it}
            agent={nameOf(it.agentId)}
            may={may}
            chosen={chosen.has(it.id)}
            onChoose={() => onChoose(toggled(chosen, it.id))}
            onTag={onTag}
          />
        ))}
      </TableBody>
    </Table>
  )
}

function Row({
  slug,
  schedule,
  agent,
  may,
  chosen,
  onChoose,
  onTag,
}: {
  slug: string
  schedule: Trigger
  agent: string
  may: boolean
  chosen: boolean
  onChoose(): void
  onTag(tag: string): void
}) {
  return (
    <Tr className={cn('relative', chosen && '[&>td]:bg-accent-soft')}>
      <Td>
        {may && (
          // The whole square around it is pressed as well.
          <label className="-m-2 flex shrink-0 p-2 max-sm:self-start sm:float-left sm:mr-1">
            <input
              type="checkbox"
              aria-label={`Choose ${schedule.name}`}
              className="size-4 accent-accent"
              checked={chosen}
              onChange={onChoose}
            />
          </label>
        )}
        <div className="min-w-0 flex-1 max-sm:pr-9 sm:overflow-hidden">
          {schedule.deletedAt ? (
            <span className="font-medium">{schedule.name}</span>
          ) : (
            <Link
              prefetch={false}
              href={`/w/${slug}/schedules/${schedule.id}`}
              className="font-medium underline-offset-4 hover:underline"
            >
              {schedule.name}
            </Link>
          )}
          <p className="text-soft">{schedule.humanReadable}</p>
          <p className="text-xs text-faint">{agent}</p>
          {schedule.tags.length > 0 && <Tags tags={schedule.tags} onTag={onTag} />}
          {!schedule.deletedAt && (
            <ScheduleNotice slug={slug} schedule={schedule} className="mt-2 max-sm:-mr-9" />
          )}
        </div>
      </Td>
      <Td label="Health">
        {schedule.deletedAt ? (
          <span className="text-faint">
            Deleted <RelativeTime at={schedule.deletedAt} />
          </span>
        ) : (
          <HealthBadge health={schedule.health} />
        )}
      </Td>
      <Td label="Next run" className="whitespace-nowrap">
        {schedule.nextRunAt ? (
          <RelativeTime at={schedule.nextRunAt} />
        ) : (
          <span className="text-faint">{waits(schedule) ? 'waits' : 'none'}</span>
        )}
      </Td>
      <Td label="Last run" className="whitespace-nowrap">
        <LastRun slug={slug} schedule={schedule} />
      </Td>
      <Td label="On">
        {schedule.deletedAt ? (
          may && <Restore slug={slug} schedule={schedule} />
        ) : (
          <ScheduleSwitch slug={slug} schedule={schedule} disabled={!may} />
        )}
      </Td>
      {may && (
        <Td className="justify-end max-sm:absolute max-sm:top-1.5 max-sm:right-2">
          {!schedule.deletedAt && <ScheduleMenu slug={slug} schedule={schedule} />}
        </Td>
      )}
    </Tr>
  )
}

const Tags = ({ tags, onTag }: { tags: readonly string[]; onTag(tag: string): void }) => (
  <ul aria-label="Tags" className="mt-1 flex flex-wrap gap-1">
    {tags.map((it) => (
      <li key={it}>
        <button
          type="button"
          aria-label={`Show those tagged ${it}`}
          className="inline-flex min-h-6 items-center rounded-full border border-edge/60 px-2 text-xs text-soft hover:bg-hover"
          onClick={() => onTag(it)}
        >
          {it}
        </button>
      </li>
    ))}
  </ul>
)

function Restore({ slug, schedule }: { slug: string; schedule: Trigger }) {
  const { bringBack, isPending } = useBringBack(slug)
  return (
    <Button
      size="sm"
      aria-label={`Restore ${schedule.name}`}
      pending={isPending}
      onClick={() => void bringBack(schedule)}
    >
      Restore
    </Button>
  )
}

const TEXT_TONES: Record<string, string> = {
  good: 'text-good',
  bad: 'text-bad',
  warn: 'text-warn',
  busy: 'text-busy',
  neutral: 'text-soft',
}

function LastRun({
  slug,
  schedule: { lastStatus, lastRunAt, lastExecutionId, name },
}: {
  slug: string
  schedule: Trigger
}) {
  if (!lastStatus) return <span className="text-faint">not yet</span>
  const { label, tone, icon } = STATUSES[lastStatus]
  const outcome = (
    <span className={cn('inline-flex items-center gap-1.5 font-medium [&_svg]:size-4', TEXT_TONES[tone])}>
      {icon}
      {label}
    </span>
  )
  return (
    <span className="inline-flex flex-col items-end sm:items-start">
      {lastExecutionId ? (
        <Link
          prefetch={false}
          href={`/w/${slug}/executions/${lastExecutionId}`}
          aria-label={`Last run of ${name}: ${label}`}
          className="underline-offset-4 hover:underline"
        >
          {outcome}
        </Link>
      ) : (
        outcome
      )}
      {lastRunAt && <RelativeTime at={lastRunAt} className="text-xs text-faint" />}
    </span>
  )
}
