/**
 * The next instants of a schedule: on its own wall clock, on the reader's, and from now. A line stands
 * between days; where the reader's day is another one, it says so.
 */
import { TriangleAlert } from 'lucide-react'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { RelativeTime } from '#components/ui/time.tsx'
import type { Advice } from '#lib/contract/advice.ts'
import type { Preview } from '#lib/contract/trigger.ts'
import { wallPartsOf } from './wall-clock.ts'

export type Planned = Preview['instants'][number]

interface ClockChange {
  at: string
  forward: boolean
}

export function PlannedRuns({
  instants,
  zone,
  viewerZone,
  label = 'Next runs',
  changes = [],
}: {
  instants: readonly Planned[]
  zone: string
  viewerZone: string
  label?: string | undefined
  /** When the clock of the zone changes; one between two runs is said there. */
  changes?: readonly ClockChange[] | undefined
}) {
  const elsewhere = zone !== viewerZone
  return (
    <table aria-label={label} className="w-full text-sm tabular-nums">
      <thead>
        <tr className="text-left text-xs text-faint [&>th]:pb-1.5 [&>th]:font-medium">
          <th scope="col">{elsewhere ? zone.replaceAll('_', ' ') : 'Your time'}</th>
          {elsewhere && (
            <th scope="col" className="hidden sm:table-cell">
              Your time
            </th>
          )}
          <th scope="col" className="text-right whitespace-nowrap">
            From now
          </th>
        </tr>
      </thead>
      <tbody>
        {instants.map((it, n) => (
          <Row
            key={it.at}
            planned={it}
            change={changes.find((one) => one.at <= it.at && one.at > (instants[n - 1]?.at ?? it.at))}
            before={instants[n - 1]}
            zone={zone}
            viewerZone={viewerZone}
          />
        ))}
      </tbody>
    </table>
  )
}

function Row({
  planned: { at, affected, skipped },
  change,
  before,
  zone,
  viewerZone,
}: {
  planned: Planned
  change: ClockChange | undefined
  before: Planned | undefined
  zone: string
  viewerZone: string
}) {
  const elsewhere = zone !== viewerZone
  const here = wallPartsOf(at, zone)
  const viewer = wallPartsOf(at, viewerZone)
  const newDay = before !== undefined && wallPartsOf(before.at, zone).day !== here.day
  const otherDay = viewer.day !== here.day
  const viewers = (
    <>
      <span className={cn(otherDay && 'rounded-sm bg-warn-soft px-1 text-warn')}>{viewer.day}</span>,{' '}
      {viewer.time}
    </>
  )
  return (
    <tr
      className={cn('align-top [&>td]:py-1', newDay && '[&>td]:border-t [&>td]:border-line')}
      title={`${at.slice(0, 16).replace('T', ' ')} UTC`}
    >
      <td>
        {change && (
          <span className="block text-xs text-warn">
            The clock goes {change.forward ? 'forward' : 'back'} before it.
          </span>
        )}
        <span className={cn(before === undefined || newDay ? 'font-medium text-ink' : 'text-faint')}>
          {here.day},
        </span>{' '}
        <span className={cn('font-medium', skipped && 'text-faint line-through')}>{here.time}</span>
        {skipped && <span className="block text-xs text-soft">Skipped: {skipped}.</span>}
        {affected && (
          <span className="flex items-start gap-1 text-xs text-warn">
            <TriangleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
            <span>{affected}</span>
          </span>
        )}
        {elsewhere && <span className="block text-xs text-faint sm:hidden">You: {viewers}</span>}
      </td>
      {elsewhere && <td className="hidden text-soft sm:table-cell">{viewers}</td>}
      <td className="text-right whitespace-nowrap text-soft">
        <RelativeTime at={at} />
      </td>
    </tr>
  )
}

type Fix = NonNullable<Advice['fix']>

export const Warnings = ({ warnings }: { warnings: readonly string[] }) => (
  <GoodToKnow advice={warnings.map((text) => ({ text, fix: null }))} />
)

/** What a change of the clock, a crowd or a pattern that reads like something else is going to do; what mends it. */
export function GoodToKnow({
  advice,
  onFix,
}: {
  advice: readonly Pick<Advice, 'text' | 'fix'>[]
  onFix?: ((fix: Fix) => void) | undefined
}) {
  if (advice.length === 0) return null
  return (
    <ul
      aria-label="Good to know"
      className="flex flex-col gap-1.5 rounded-lg bg-warn-soft px-3 py-2.5 text-sm text-warn"
    >
      {advice.map(({ text, fix }) => (
        <li key={text} className="flex items-start gap-2">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="flex min-w-0 flex-col items-start gap-1.5 wrap-anywhere">
            {text}
            {fix && onFix && (
              <Button size="sm" onClick={() => onFix(fix)}>
                {fix.label}
              </Button>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}
