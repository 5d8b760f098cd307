'use client'
/** What a run did, step by step. Each step has an address of its own, such as `#step-7`. */
import { formatDollars, formatNumber } from '#components/ui/number.ts'
import { Hash } from 'lucide-react'
import { useEffect, useState } from 'react'
import { cn } from '#components/ui/cn.ts'
import { formatDuration, formatInstant } from '#components/ui/instants.ts'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import type { Step } from '#lib/contract/execution.ts'

/** Long transcripts open with their end: that is what is looked for. */
const MOST_AT_FIRST = 200

const stepInAddress = () => Number(/^#step-(\d+)$/.exec(location.hash)?.[1] ?? Number.NaN)

/** A call that has ended says so itself: that it began is told only while it goes on, or where that is all there is. */
export function withoutBegun(steps: readonly Step[]): Step[] {
  const callOf = ({ data }: Step) => (data as { key?: string; state?: string } | null) ?? {}
  const ended = new Set(steps.flatMap((it) => (callOf(it).state === 'started' ? [] : (callOf(it).key ?? []))))
  return steps.filter((it) => callOf(it).state !== 'started' || !ended.has(callOf(it).key ?? ''))
}

export function Steps({ steps: all, startedAt }: { steps: readonly Step[]; startedAt: string | null }) {
  const steps = withoutBegun(all)
  const [target, setTarget] = useState(Number.NaN)
  const [whole, setWhole] = useState(false)
  const hidden =
    whole || steps.findIndex((it) => it.n === target) >= 0 ? 0 : Math.max(0, steps.length - MOST_AT_FIRST)

  useEffect(() => {
    const follow = () => setTarget(stepInAddress())
    follow()
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  // The steps arrive after the page, when the browser has given up looking for the place.
  useEffect(() => {
    if (!Number.isNaN(target)) document.getElementById(`step-${target}`)?.scrollIntoView({ block: 'center' })
  }, [target])

  return (
    <>
      {hidden > 0 && (
        <button
          type="button"
          className="mb-3 min-h-8 text-sm font-medium text-accent-text underline underline-offset-4"
          onClick={() => setWhole(true)}
        >
          Show {hidden} earlier steps
        </button>
      )}
      <ol className="flex flex-col">
        {steps.slice(hidden).map((it, n, shown) => (
          <Line
            key={it.n}
            step={it}
            startedAt={startedAt}
            marked={it.n === target}
            opensAttempt={it.attempt > 1 && shown[n - 1]?.attempt !== it.attempt}
          />
        ))}
      </ol>
    </>
  )
}

function Line({
  step: { n, at, kind, text, data, attempt },
  startedAt,
  marked,
  opensAttempt,
}: {
  step: Step
  startedAt: string | null
  marked: boolean
  opensAttempt: boolean
}) {
  const since = startedAt === null ? null : Date.parse(at) - Date.parse(startedAt)
  return (
    <li
      id={`step-${n}`}
      className={cn(
        'group relative grid grid-cols-[auto_1fr_auto] gap-x-3 border-l-2 border-line py-1.5 pl-4 text-sm before:absolute before:top-3.5 before:-left-[5px] before:size-2 before:rounded-full before:bg-edge',
        marked && 'rounded-r-md border-accent bg-accent-soft before:bg-accent',
      )}
    >
      {opensAttempt && <p className="col-span-3 pb-1 text-xs font-medium text-faint">Attempt {attempt}</p>}
      <time
        dateTime={at}
        title={formatInstant(at, 'full')}
        className="w-20 text-right whitespace-nowrap text-faint tabular-nums"
      >
        {since === null || since < 0 ? formatInstant(at, 'time') : `+${formatDuration(since)}`}
      </time>
      <div className="min-w-0">
        <p className="whitespace-pre-wrap wrap-anywhere">
          {kind !== 'step' && (
            <span className="mr-1.5 rounded-sm bg-sunken px-1.5 py-0.5 font-mono text-xs text-soft">
              {kind}
            </span>
          )}
          {text}
        </p>
        {kind === 'model' && isUsage(data) && <p className="text-xs text-faint">{usageOf(data)}</p>}
        {data !== null && (
          <details className="mt-1">
            <summary className="min-h-6 w-fit text-xs text-soft">Details</summary>
            <Json value={data} />
          </details>
        )}
      </div>
      <a
        href={`#step-${n}`}
        aria-label={`Link to step ${n}`}
        className="flex size-6 items-center justify-center rounded-sm text-faint opacity-0 group-hover:opacity-100 hover:text-ink focus-visible:opacity-100 pointer-coarse:opacity-100"
      >
        <Hash aria-hidden className="size-3.5" />
      </a>
    </li>
  )
}

interface ModelData {
  model: string
  tokensIn: number
  tokensOut: number
  tokensCached: number
  cost: number | null
  tookMs: number
}
const isUsage = (data: unknown): data is ModelData =>
  typeof data === 'object' && data !== null && 'tokensIn' in data && 'tookMs' in data

const usageOf = ({ model, tokensIn, tokensOut, tokensCached, cost, tookMs }: ModelData) =>
  [
    model,
    `${formatNumber(tokensIn)} in${tokensCached > 0 ? ` (${formatNumber(tokensCached)} cached)` : ''}`,
    `${formatNumber(tokensOut)} out`,
    cost === null ? null : formatDollars(cost),
    formatDuration(tookMs),
  ]
    .filter(Boolean)
    .join(' · ')

export function Json({ value, label = 'JSON' }: { value: unknown; label?: string | undefined }) {
  return (
    <ScrollRegion
      aria-label={label}
      className="mt-1 max-h-96 overflow-auto rounded-lg border border-line bg-sunken p-3"
    >
      <pre className="font-mono text-xs leading-relaxed">{JSON.stringify(value, null, 2)}</pre>
    </ScrollRegion>
  )
}
