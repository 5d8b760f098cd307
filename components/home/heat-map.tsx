/** Runs by hour and weekday: a table whose cells are coloured, and which says the same without colour. */
import { cn } from '#components/ui/cn.ts'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import { hourName, weekdayName } from '#components/ui/instants.ts'
import type { Figures } from '#lib/contract/overview.ts'

const DAYS = [0, 1, 2, 3, 4, 5, 6]
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const SHADES = ['bg-hover', 'bg-accent/25', 'bg-accent/45', 'bg-accent/70', 'bg-accent']

type Hour = Figures['hours'][number]

export function HeatMap({ hours }: { hours: readonly Hour[] }) {
  const most = Math.max(1, ...hours.map((it) => it.runs))
  const at = new Map(hours.map((it) => [it.weekday * 24 + it.hour, it]))
  return (
    <figure className="flex flex-col gap-2">
      <figcaption className="text-sm text-faint">
        Runs by hour of the week, your time. A red ring: some failed.
      </figcaption>
      <ScrollRegion aria-label="Runs by hour of the week" className="overflow-x-auto">
        <table className="w-full min-w-2xl table-fixed border-separate border-spacing-0.5 text-xs tabular-nums">
          <thead>
            <tr className="text-faint">
              <td className="w-10" />
              {HOURS.map((hour) => (
                <th key={hour} scope="col" className="font-normal">
                  <span className={cn(hour % 3 !== 0 && 'sr-only')}>{hourName(hour)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {DAYS.map(weekdayName).map((day, n) => (
              <tr key={day}>
                <th scope="row" className="pr-2 text-left font-normal text-faint">
                  {day}
                </th>
                {HOURS.map((hour) => (
                  <Cell key={hour} day={day} hour={hour} counted={at.get((n + 1) * 24 + hour)} most={most} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </figure>
  )
}

function Cell({
  day,
  hour,
  counted,
  most,
}: {
  day: string
  hour: number
  counted: Hour | undefined
  most: number
}) {
  const { runs, failed } = counted ?? { runs: 0, failed: 0 }
  const words = runs === 0 ? 'none' : `${runs}${failed > 0 ? `, ${failed} failed` : ''}`
  const shade = runs === 0 ? 0 : Math.max(1, Math.ceil((4 * runs) / most))
  return (
    <td
      title={`${day}, ${hourName(hour)} h: ${words}`}
      className={cn('h-6 rounded-sm', SHADES[shade], failed > 0 && 'ring-2 ring-bad ring-inset')}
    >
      <span className="sr-only">{words}</span>
    </td>
  )
}
