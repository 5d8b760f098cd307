'use client'
/** Which runs are shown; it stands in the address. Days are the reader's. */
import { ArrowDownWideNarrow, ListFilter, X } from 'lucide-react'
import {
  parseAsArrayOf,
  parseAsInteger,
  parseAsIsoDate,
  parseAsString,
  parseAsStringLiteral,
  useQueryStates,
} from 'nuqs'
import { useMemo, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Chip } from '#components/ui/chip.tsx'
import { cn } from '#components/ui/cn.ts'
import { Combobox } from '#components/ui/combobox.tsx'
import { DayInput, spanOf } from '#components/ui/day-input.tsx'
import { SearchInput } from '#components/ui/search-input.tsx'
import { useResting } from '#components/ui/resting.ts'
import type { ExecutionFilters as Filters } from '#lib/client/executions.ts'
import { useSchedule, useSchedules } from '#lib/client/schedules.ts'
import type { Status } from '#lib/contract/execution.ts'
import { STATUSES } from './status-badge.tsx'

const NAMES = Object.keys(STATUSES) as Status[]

/** The same object as long as nothing changes. */
export function useExecutionFilters() {
  const [given, set] = useQueryStates({
    status: parseAsArrayOf(parseAsStringLiteral(NAMES)).withDefault([]),
    schedule: parseAsInteger,
    from: parseAsIsoDate,
    to: parseAsIsoDate,
    q: parseAsString.withDefault(''),
    sort: parseAsStringLiteral(['trouble'] as const),
  })
  const q = useResting(given.q.trim())
  return useMemo(() => {
    const applied: Filters = {
      status: given.status.join(',') || undefined,
      triggerId: given.schedule ?? undefined,
      q: q || undefined,
      ...spanOf(given),
      sort: given.sort ?? undefined,
    }
    const more = [given.schedule, given.from, given.to].filter((it) => it !== null).length
    return {
      given,
      set,
      applied,
      more,
      byTrouble: given.sort === 'trouble',
      any: more > 0 || given.status.length > 0 || given.q !== '',
      clear: () => void set({ status: null, schedule: null, from: null, to: null, q: null }),
    }
  }, [given, set, q])
}

export function ExecutionFilters({
  slug,
  filters: { given, set, more, any, clear },
}: {
  slug: string
  filters: ReturnType<typeof useExecutionFilters>
}) {
  const [open, setOpen] = useState(false)
  return (
    <search aria-label="Runs" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <SearchInput
          label="Search names, results and errors"
          placeholder="Search names, results, errors"
          value={given.q}
          onChange={(q) => void set({ q: q || null })}
          className="flex-1 sm:max-w-72"
        />
        <Button className="lg:hidden" aria-expanded={open} onClick={() => setOpen(!open)}>
          <ListFilter aria-hidden />
          Filters{more > 0 && ` (${more})`}
        </Button>
        <div
          className={cn(
            'w-full flex-wrap items-center gap-2 lg:flex lg:w-auto lg:flex-1',
            open ? 'flex' : 'hidden',
          )}
        >
          <ScheduleFilter
            slug={slug}
            value={given.schedule}
            onChange={(schedule) => void set({ schedule })}
          />
          {/* By the days of the list: a missed run is recorded once the gap is seen, maybe days after its time. */}
          <DayInput label="Recorded from" value={given.from} onChange={(from) => void set({ from })} />
          <DayInput label="Recorded to" value={given.to} onChange={(to) => void set({ to })} />
        </div>
        {any && (
          <Button variant="ghost" onClick={clear}>
            <X aria-hidden />
            Clear
          </Button>
        )}
      </div>
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">Status</legend>
        {NAMES.map((it) => (
          <StatusChip
            key={it}
            status={it}
            on={given.status.includes(it)}
            onToggle={(on) =>
              void set({ status: on ? [...given.status, it] : given.status.filter((other) => other !== it) })
            }
          />
        ))}
        <Chip on={given.sort === 'trouble'} onPress={() => void set({ sort: given.sort ? null : 'trouble' })}>
          <ArrowDownWideNarrow aria-hidden />
          Trouble first
        </Chip>
      </fieldset>
    </search>
  )
}

function StatusChip({ status, on, onToggle }: { status: Status; on: boolean; onToggle(on: boolean): void }) {
  const { label, icon } = STATUSES[status]
  return (
    <Chip on={on} onPress={() => onToggle(!on)}>
      {icon}
      {label}
    </Chip>
  )
}

const ANY = 'any'

function ScheduleFilter({
  slug,
  value,
  onChange,
}: {
  slug: string
  value: number | null
  onChange(value: number | null): void
}) {
  const listed = (useSchedules(slug).data ?? []).map((it) => ({ value: String(it.id), label: it.name }))
  const options = [{ value: ANY, label: 'Any schedule' }, ...listed]
  if (value !== null && !listed.some((it) => it.value === String(value)))
    return <Unlisted slug={slug} id={value} options={options} onChange={onChange} />
  return <Schedules value={value} options={options} onChange={onChange} />
}

/** Beyond the first page of schedules, or deleted: it is still what is filtered by. */
function Unlisted({
  slug,
  id,
  options,
  onChange,
}: {
  slug: string
  id: number
  options: { value: string; label: string }[]
  onChange(value: number | null): void
}) {
  const name = useSchedule(slug, id).data?.name ?? `Schedule ${id}`
  return (
    <Schedules value={id} options={[...options, { value: String(id), label: name }]} onChange={onChange} />
  )
}

function Schedules({
  value,
  options,
  onChange,
}: {
  value: number | null
  options: { value: string; label: string }[]
  onChange(value: number | null): void
}) {
  return (
    <Combobox
      aria-label="Schedule"
      className="w-full sm:w-48"
      value={value === null ? ANY : String(value)}
      options={options}
      empty="No schedule is called that."
      onValueChange={(it) => onChange(it === ANY ? null : Number(it))}
    />
  )
}
