'use client'
/** How runs have fared in a period, against the one before it. */
import { ArrowDownRight, ArrowUpRight } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { cn } from '#components/ui/cn.ts'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { useZone } from '#components/ui/time.tsx'
import { type Period, useFigures } from '#lib/client/now.ts'
import type { Figures } from '#lib/contract/overview.ts'
import { type Compared, comparedOf } from './compared.ts'
import { HeatMap } from './heat-map.tsx'

const PERIODS = [
  { value: '24h', label: '24 hours' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
] as const

export function Faring({ slug }: { slug: string }) {
  const [period, setPeriod] = useState<Period>('7d')
  const figures = useFigures(slug, period, useZone())
  // Two hundred cells at the foot of the page: what needs somebody is there before them.
  const known = useDeferredValue(figures.data, undefined)
  return (
    <Card aria-labelledby="faring">
      <CardHeader>
        <CardTitle id="faring">How it went</CardTitle>
        <Segmented<Period> aria-label="Period" value={period} onValueChange={setPeriod} options={PERIODS} />
      </CardHeader>
      <CardBody className="flex min-h-96 flex-col gap-6">
        {known ? (
          <Shown figures={known} />
        ) : figures.error ? (
          <Problem error={figures.error} retry={figures.refetch} title="The figures could not be loaded" />
        ) : (
          <WaitingRows rows={3} height="h-20" />
        )}
      </CardBody>
    </Card>
  )
}

function Shown({ figures }: { figures: Figures }) {
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-6">
        {comparedOf(figures).map((it) => (
          <Figure key={it.label} figure={it} />
        ))}
      </dl>
      {(figures.now.partial || figures.before.partial) && (
        <p className="text-xs text-faint">Only the newest 50,000 runs of each period are counted.</p>
      )}
      <HeatMap hours={figures.hours} />
    </>
  )
}

function Figure({ figure: { label, value, before, change } }: { figure: Compared }) {
  return (
    <div className="min-w-0">
      <dt className="text-sm text-faint">{label}</dt>
      <dd>
        <span className="block text-xl font-semibold tabular-nums">{value}</span>
        <span
          className={cn(
            'flex items-center gap-1 text-xs',
            change === 'better' ? 'text-good' : change === 'worse' ? 'text-bad' : 'text-faint',
          )}
        >
          {change === 'better' && <ArrowUpRight aria-hidden className="size-3.5" />}
          {change === 'worse' && <ArrowDownRight aria-hidden className="size-3.5" />}
          {change === 'better' ? 'better than ' : change === 'worse' ? 'worse than ' : ''}
          {before === '–' ? 'nothing before' : `${before} before`}
        </span>
      </dd>
    </div>
  )
}
