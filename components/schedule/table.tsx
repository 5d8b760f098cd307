'use client'
import { type Dispatch, memo, type SetStateAction, useCallback } from 'react'
import { Link } from '#components/ui/link.tsx'
import { STATUSES } from '#components/execution/status-badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { HeadRow, Room, Table, TableBody, TableHead, Td, Th, Tr } from '#components/ui/table.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { type Pages, useEndless, useWindowed } from '#components/ui/windowed.ts'
import { useHeartbeats } from '#lib/client/heartbeats.ts'
import { useAgents } from '#lib/client/workspaces.ts'
import type { Status } from '#lib/contract/execution.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import { ScheduleMenu, useBringBack } from './actions.tsx'
import { Bars } from './bars.tsx'
import { HealthBadge } from './health.tsx'
import { waits } from './kinds.ts'
import { isStopped, StoppedLine } from './notice.tsx'
import { ScheduleSwitch } from './switching.tsx'

interface Choosing {
  chosen: ReadonlySet<number>
  onChoose: Dispatch<SetStateAction<ReadonlySet<number>>>
}

const toggled = (chosen: ReadonlySet<number>, id: number) =>
  new Set(chosen.has(id) ? [...chosen].filter((it) => it !== id) : [...chosen, id])

/** Of a row of one line, where nothing is measured yet. */
const ROW_PX = 45

export function ScheduleTable({
  slug,
  name,
  schedules,
  may,
  chosen,
  onChoose,
  onTag,
  pages,
}: Choosing & {
  slug: string
  /** Of the list, as long as it is the same. */
  name: string
  schedules: readonly Trigger[]
  may: boolean
  onTag(tag: string): void
  pages: Pages
}) {
  const onToggle = useCallback((id: number) => onChoose((them) => toggled(them, id)), [onChoose])
  const all = schedules.every((it) => chosen.has(it.id))
  const agents = useAgents(slug).data
  const nameOf = (id: string) => agents?.find((it) => it.id === id || it.aliases.includes(id))?.name ?? id
  const { box, rows, before, after } = useWindowed<HTMLDivElement>(name, schedules.length, () => ROW_PX)
  useEndless(rows, schedules.length, pages)
  const drawn = rows.flatMap((index) => {
    const schedule = schedules[index]
    return schedule ? [{ index, schedule }] : []
  })
  const bars = useHeartbeats(
    slug,
    drawn.map(({ schedule }) => schedule.id),
  )
  return (
    <div ref={box}>
      <Table label="Schedules" aria-rowcount={schedules.length + 1}>
        <Head may={may} all={all} onAll={() => onChoose(new Set(all ? [] : schedules.map((it) => it.id)))} />
        <TableBody>
          <Room px={before} />
          {drawn.map(({ index, schedule }) => (
            <Row
              key={schedule.id}
              {...{ slug, schedule, may, onTag, onToggle }}
              agent={nameOf(schedule.agentId)}
              statuses={bars(schedule.id)}
              chosen={chosen.has(schedule.id)}
              {...{ 'data-index': index, 'aria-rowindex': index + 2 }}
            />
          ))}
          <Room px={after} />
        </TableBody>
      </Table>
    </div>
  )
}

function Head({ may, all, onAll }: { may: boolean; all: boolean; onAll(): void }) {
  return (
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
                onChange={onAll}
              />
            )}
            Schedule
          </span>
        </Th>
        <Th className="hidden xl:table-cell">Last 40 runs</Th>
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
  )
}

/** A row of one line is 44 px high. */
const LOW = 'sm:py-1.5'

interface RowProps {
  slug: string
  schedule: Trigger
  agent: string
  statuses: readonly Status[] | undefined
  may: boolean
  chosen: boolean
  onToggle(id: number): void
  onTag(tag: string): void
  'data-index': number
  'aria-rowindex': number
}

/** Drawn again where it is another: of a list that is scrolled or asked for again, few rows are. */
const Row = memo(function Row(all: RowProps) {
  const { slug, schedule, agent, statuses, may, chosen, onToggle, onTag, ...props } = all
  return (
    <Tr {...props} className={cn('relative', chosen && '[&>td]:bg-accent-soft')}>
      <Td className={cn('sm:max-w-0', LOW)}>
        {may && (
          // The whole square around it is pressed as well.
          <label className="-m-2 flex shrink-0 p-2 max-sm:self-start sm:float-left sm:mr-1">
            <input
              type="checkbox"
              aria-label={`Choose ${schedule.name}`}
              className="size-4 accent-accent"
              checked={chosen}
              onChange={() => onToggle(schedule.id)}
            />
          </label>
        )}
        <div className="min-w-0 flex-1 max-sm:pr-9 sm:overflow-hidden">
          <Named {...{ slug, schedule, agent, may }} />
          {schedule.tags.length > 0 && <Tags tags={schedule.tags} onTag={onTag} />}
        </div>
      </Td>
      <Td className={cn('max-xl:hidden xl:table-cell', LOW)}>
        {!schedule.deletedAt && <Bars statuses={statuses} />}
      </Td>
      <Td label="Health" className={LOW}>
        {schedule.deletedAt ? (
          <span className="text-faint">
            Deleted <RelativeTime at={schedule.deletedAt} />
          </span>
        ) : (
          <HealthBadge health={schedule.health} />
        )}
      </Td>
      <Td label="Next run" className={cn('whitespace-nowrap', LOW)}>
        {schedule.nextRunAt ? (
          <RelativeTime at={schedule.nextRunAt} />
        ) : (
          <span className="text-faint">{waits(schedule) ? 'waits' : 'none'}</span>
        )}
      </Td>
      <Td label="Last run" className={cn('whitespace-nowrap', LOW)}>
        <LastRun slug={slug} schedule={schedule} />
      </Td>
      <Td label="On" className={LOW}>
        {schedule.deletedAt ? (
          may && <Restore slug={slug} schedule={schedule} />
        ) : (
          <ScheduleSwitch slug={slug} schedule={schedule} disabled={!may} />
        )}
      </Td>
      {may && (
        <Td className={cn('justify-end max-sm:absolute max-sm:top-1.5 max-sm:right-2', LOW)}>
          {!schedule.deletedAt && <ScheduleMenu slug={slug} schedule={schedule} />}
        </Td>
      )}
    </Tr>
  )
})

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

/** Its name and what it is set to, in one line; or why it does not run. */
function Named({ slug, schedule, agent, may }: Pick<RowProps, 'slug' | 'schedule' | 'agent' | 'may'>) {
  const isExplained = isStopped(schedule) && !schedule.deletedAt
  return (
    <p className="flex min-w-0 items-baseline gap-x-2 max-sm:flex-wrap">
      {schedule.deletedAt ? (
        <span className="font-medium">{schedule.name}</span>
      ) : (
        <Link
          href={`/w/${slug}/schedules/${schedule.id}`}
          title={schedule.name}
          className="min-w-0 font-medium underline-offset-4 hover:underline sm:max-w-3/5 sm:shrink-0 sm:truncate"
        >
          {schedule.name}
        </Link>
      )}
      {isExplained ? (
        <StoppedLine slug={slug} schedule={schedule} may={may} />
      ) : (
        <span title={schedule.humanReadable} className="min-w-0 text-soft sm:truncate">
          {schedule.humanReadable}
        </span>
      )}
      {!isExplained && (
        <span className="min-w-0 text-xs text-faint max-lg:hidden sm:ml-auto sm:truncate">{agent}</span>
      )}
    </p>
  )
}

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
    <span className="inline-flex flex-wrap items-center justify-end gap-x-2 sm:flex-nowrap sm:justify-start">
      {lastExecutionId ? (
        <Link
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
