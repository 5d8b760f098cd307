'use client'
/**
 * A pattern in parts: times, days, months. It follows the pattern as long as that says no more than these parts;
 * otherwise it says so, writes nothing by itself, and the pattern stays as it was written.
 */
import { X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Chip } from '#components/ui/chip.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import {
  type Days,
  type Frequency,
  frequencyOf,
  MONTHS,
  ORDINALS,
  patternOf,
  type Times,
  WEEKDAYS,
  WHOLE_DAY,
} from '#lib/contract/frequency.ts'

const USUAL: Frequency = {
  times: { kind: 'at', minute: 0, hours: [9] },
  days: { kind: 'week', on: [1, 2, 3, 4, 5] },
  months: [],
}

interface Props {
  pattern: string
  onPattern(pattern: string): void
}

export function Builder({ pattern, onPattern }: Props) {
  const [kept, setKept] = useState(USUAL)
  // What is put together here keeps its parts and their order while somebody types in them.
  const read = patternOf(kept) === pattern ? kept : frequencyOf(pattern)
  function write(next: Frequency) {
    setKept(next)
    onPattern(patternOf(next))
  }
  if (!read)
    return (
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-soft">
        <span className="min-w-0">
          {pattern.trim() === ''
            ? 'Begin with a common pattern, or put one together.'
            : 'This pattern says more than can be put together here. It stays as you wrote it.'}
        </span>
        <Button size="sm" onClick={() => write(kept)}>
          Put one together
        </Button>
      </div>
    )
  const change = (part: Partial<Frequency>) => write({ ...read, ...part })
  return (
    <div className="flex flex-col gap-3 text-sm">
      <TimesPart times={read.times} onChange={(times) => change({ times })} />
      <DaysPart days={read.days} onChange={(days) => change({ days })} />
      <MonthsPart months={read.months} onChange={(months) => change({ months })} />
    </div>
  )
}

const HOW = [
  { value: 'at', label: 'At a time' },
  { value: 'hours', label: 'Every few hours' },
  { value: 'minutes', label: 'Every few minutes' },
] as const
const of = (all: readonly number[], word: string) =>
  all.map((it) => ({ value: String(it), label: it === 1 ? `every ${word}` : `every ${it} ${word}s` }))
const HOURS_APART = of([1, 2, 3, 4, 6, 8, 12], 'hour')
const MINUTES_APART = of([1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30], 'minute')
const pad = (it: number) => String(it).padStart(2, '0')
const hoursAt = (minute: number) =>
  Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${pad(hour)}:${pad(minute)}` }))

function begun(kind: Times['kind'], times: Times): Times {
  const minute = times.kind === 'minutes' ? 0 : times.minute
  if (kind === 'at') return { kind, minute, hours: [9] }
  return kind === 'hours' ? { kind, every: 2, minute, ...WHOLE_DAY } : { kind, every: 15, ...WHOLE_DAY }
}

function TimesPart({ times, onChange }: { times: Times; onChange(times: Times): void }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select<Times['kind']>
        aria-label="How often in a day"
        className="w-44"
        value={times.kind}
        options={HOW}
        onValueChange={(kind) => onChange(begun(kind, times))}
      />
      {times.kind === 'at' ? (
        <At times={times} onChange={onChange} />
      ) : (
        <Rhythm times={times} onChange={onChange} />
      )}
    </div>
  )
}

/** While it is half typed, or cleared, it stays as it is typed. */
function TimeField({ label, time, onTime }: { label: string; time: string; onTime(time: string): void }) {
  const [isHalf, setHalf] = useState(false)
  return (
    <Input
      type="time"
      aria-label={label}
      className="w-32"
      value={isHalf ? '' : time}
      onValueChange={(text) => {
        setHalf(text === '')
        if (text !== '') onTime(text.slice(0, 'hh:mm'.length))
      }}
      onBlur={() => setHalf(false)}
    />
  )
}

function At({ times, onChange }: { times: Extract<Times, { kind: 'at' }>; onChange(times: Times): void }) {
  const { hours, minute } = times
  const said = (hour: number) => `${pad(hour)}:${pad(minute)}`
  const write = (n: number, text: string) => {
    const [hour = 0, typed = 0] = text.split(':').map(Number)
    onChange({ kind: 'at', minute: typed, hours: hours.with(n, hour) })
  }
  const free = Array.from({ length: 24 }, (_, n) => (9 + n * 3) % 24).find((it) => !hours.includes(it))
  return (
    <>
      {hours.map((hour, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: its hour changes while it is typed, and the field stays
        <span key={n} className="flex items-center gap-1">
          <TimeField
            label={hours.length > 1 ? `Time of day ${n + 1}` : 'Time of day'}
            time={said(hour)}
            onTime={(text) => write(n, text)}
          />
          {hours.length > 1 && (
            <Button
              variant="ghost"
              size="iconSm"
              aria-label={`Not at ${said(hour)}`}
              onClick={() => onChange({ ...times, hours: hours.filter((_, at) => at !== n) })}
            >
              <X aria-hidden />
            </Button>
          )}
        </span>
      ))}
      {free !== undefined && hours.length < 6 && (
        <Button size="sm" variant="ghost" onClick={() => onChange({ ...times, hours: [...hours, free] })}>
          Another time
        </Button>
      )}
      {hours.length > 1 && <Shared hours={hours} said={said} />}
    </>
  )
}

/** What changes in all of them is said where it is changed. */
function Shared({ hours, said }: { hours: readonly number[]; said(hour: number): string }) {
  const twice = hours.find((it, n) => hours.indexOf(it) < n)
  return (
    <p role="status" className="basis-full text-xs text-faint">
      {twice === undefined
        ? 'These times share their minutes: change them in one, and they change in all. For others, make a second schedule.'
        : `${said(twice)} is there twice; it runs once.`}
    </p>
  )
}

function Rhythm({
  times,
  onChange,
}: {
  times: Exclude<Times, { kind: 'at' }>
  onChange(times: Times): void
}) {
  const known = times.kind === 'hours' ? HOURS_APART : MINUTES_APART
  const every = String(times.every)
  const word = times.kind === 'hours' ? 'hour' : 'minute'
  const options = known.some((it) => it.value === every) ? known : [...known, ...of([times.every], word)]
  const [first, last] = times.kind === 'hours' ? [times.minute, times.minute] : [0, 59]
  const move = (part: { from?: number; to?: number }) => {
    const next = { ...times, ...part }
    onChange(next.from <= next.to ? next : { ...next, from: next.to, to: next.from })
  }
  return (
    <>
      <Select
        aria-label="How far apart"
        className="w-40"
        value={every}
        options={options}
        onValueChange={(it) => onChange({ ...times, every: Number(it) })}
      />
      <span>from</span>
      <Select
        aria-label="From"
        className="w-26"
        value={String(times.from)}
        options={hoursAt(first)}
        onValueChange={(it) => move({ from: Number(it) })}
      />
      <span>to</span>
      <Select
        aria-label="To"
        className="w-26"
        value={String(times.to)}
        options={hoursAt(last)}
        onValueChange={(it) => move({ to: Number(it) })}
      />
    </>
  )
}

const ON = [
  { value: 'every', label: 'Every day' },
  { value: 'week', label: 'On days of the week' },
  { value: 'month', label: 'On days of the month' },
  { value: 'nth', label: 'On a weekday of the month' },
] as const
const BEGUN: Record<Days['kind'], Days> = {
  every: { kind: 'every' },
  week: { kind: 'week', on: [1, 2, 3, 4, 5] },
  month: { kind: 'month', on: [1] },
  nth: { kind: 'nth', week: 1, day: 1 },
}
const toggled = <T,>(all: readonly T[], one: T) =>
  all.includes(one) ? all.filter((it) => it !== one) : [...all, one]

function DaysPart({ days, onChange }: { days: Days; onChange(days: Days): void }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select<Days['kind']>
        aria-label="On which days"
        className="w-56"
        value={days.kind}
        options={ON}
        onValueChange={(kind) => onChange(BEGUN[kind])}
      />
      {days.kind === 'week' && <Week on={days.on} onChange={(on) => onChange({ kind: 'week', on })} />}
      {days.kind === 'month' && <MonthDays on={days.on} onChange={(on) => onChange({ kind: 'month', on })} />}
      {days.kind === 'nth' && <Nth days={days} onChange={onChange} />}
    </div>
  )
}

function Week({ on, onChange }: { on: number[]; onChange(on: number[]): void }) {
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">Days of the week</legend>
      {WEEKDAYS.map((name, n) => (
        <Chip
          key={name}
          on={on.includes(n + 1)}
          onPress={() => {
            const next = toggled(on, n + 1)
            // Of no day there is no pattern.
            if (next.length > 0) onChange(next)
          }}
        >
          <span aria-hidden>{name.slice(0, 2)}</span>
          <span className="sr-only">{name}</span>
        </Chip>
      ))}
    </fieldset>
  )
}

const daysIn = (text: string): (number | 'last')[] | null => {
  const all = text.split(/[\s,]+/).filter(Boolean)
  const read = all.map((it) => (/^l(ast)?$/i.test(it) ? ('last' as const) : Number(it)))
  const isRead = read.every((it) => it === 'last' || (Number.isInteger(it) && it >= 1 && it <= 31))
  return isRead && read.length > 0 ? read : null
}

/** What is typed counts as soon as it can be read. */
function MonthDays({ on, onChange }: { on: (number | 'last')[]; onChange(on: (number | 'last')[]): void }) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <span className="flex items-center gap-2">
      <Input
        aria-label="Days of the month"
        className="w-36"
        value={typed ?? on.join(', ')}
        placeholder="1, 15, last"
        autoComplete="off"
        onValueChange={(text) => {
          setTyped(text)
          const read = daysIn(text)
          if (read) onChange(read)
        }}
        onBlur={() => setTyped(null)}
      />
      <span className="text-faint">such as 1, 15, last</span>
    </span>
  )
}

type NthDays = Extract<Days, { kind: 'nth' }>
const WEEKS = [
  ...ORDINALS.map((label, n) => ({ value: String(n + 1), label })),
  { value: 'last', label: 'last' },
]

function Nth({ days, onChange }: { days: NthDays; onChange(days: Days): void }) {
  return (
    <>
      <Select
        aria-label="Which of the month"
        className="w-28"
        value={String(days.week)}
        options={WEEKS}
        onValueChange={(it) =>
          onChange({ ...days, week: it === 'last' ? 'last' : (Number(it) as 1 | 2 | 3 | 4) })
        }
      />
      <Select
        aria-label="Weekday"
        className="w-36"
        value={String(days.day)}
        options={WEEKDAYS.map((label, n) => ({ value: String(n + 1), label }))}
        onValueChange={(it) => onChange({ ...days, day: Number(it) })}
      />
    </>
  )
}

function MonthsPart({ months, onChange }: { months: number[]; onChange(months: number[]): void }) {
  const [asked, setAsked] = useState(false)
  if (months.length === 0 && !asked)
    return (
      <Button size="sm" variant="ghost" className="self-start" onClick={() => setAsked(true)}>
        In some months only
      </Button>
    )
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="mb-1 text-faint">
        {months.length === 0 ? 'In every month; choose some' : 'In'}
      </legend>
      {MONTHS.map((name, n) => (
        <Chip key={name} on={months.includes(n + 1)} onPress={() => onChange(toggled(months, n + 1))}>
          <span aria-hidden>{name.slice(0, 3)}</span>
          <span className="sr-only">{name}</span>
        </Chip>
      ))}
    </fieldset>
  )
}
