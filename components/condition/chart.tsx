'use client'
/** The values of a condition over time: as a drawing, and as a table for whoever cannot see it. */
import { Link } from '#components/ui/link.tsx'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import { formatInstant } from '#components/ui/instants.ts'
import type { ConditionSample } from '#lib/contract/condition-trigger.ts'
import type { Execution } from '#lib/contract/execution.ts'
import { HEIGHT, plotOf, WIDTH, xOf } from './plot.ts'
import { STATES, valueInWords } from './words.ts'

interface ChartProps {
  slug: string
  /** The newest first. */
  samples: readonly ConditionSample[]
  line: number | null
  clear: number | null
  executions: readonly Execution[]
}

const MOST_ROWS = 100

export function Chart({ slug, samples, line, clear, executions }: ChartProps) {
  const plot = plotOf(samples.toReversed(), { line, clear })
  const within = executions.filter(({ queuedAt }) => {
    const at = Date.parse(queuedAt)
    return at >= plot.from && at <= plot.to
  })
  return (
    <figure className="flex flex-col gap-2">
      <svg
        aria-hidden
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-44 w-full rounded-lg bg-ground dark:bg-sunken/40"
      >
        {plot.failures.map((x) => (
          <line key={x} x1={x} x2={x} y1={0} y2={HEIGHT} className="stroke-bad/40" strokeWidth={3} />
        ))}
        {plot.lines.map(({ y, kind }) => (
          <line
            key={kind}
            x1={0}
            x2={WIDTH}
            y1={y}
            y2={y}
            className={kind === 'line' ? 'stroke-warn' : 'stroke-faint'}
            strokeDasharray={kind === 'line' ? '6 4' : '2 4'}
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {plot.paths.map((d) => (
          <path
            key={d}
            d={d}
            fill="none"
            className="stroke-busy"
            strokeWidth={2}
            strokeLinecap="round"
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {/* Without length and with round ends: dots that stay round however wide the drawing is. */}
        {plot.crossings.map(({ x, y }) => (
          <path
            key={x}
            d={`M${x} ${y}h0`}
            className="stroke-warn"
            strokeWidth={8}
            strokeLinecap="round"
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {within.map((it) => (
          <Link key={it.id} href={`/w/${slug}/executions/${it.id}`} tabIndex={-1} aria-hidden>
            <path
              d={`M${xOf(plot, Date.parse(it.queuedAt))} ${HEIGHT}v-14`}
              className={it.status === 'failed' ? 'stroke-bad' : 'stroke-good'}
              strokeWidth={4}
              vectorEffect="non-scaling-stroke"
            >
              <title>{`Run ${it.id}, ${formatInstant(it.queuedAt)}`}</title>
            </path>
          </Link>
        ))}
      </svg>
      <p className="flex justify-between gap-4 text-xs text-faint tabular-nums">
        <span>{formatInstant(new Date(plot.from), 'second')}</span>
        <span className="text-right">{formatInstant(new Date(plot.to), 'second')}</span>
      </p>
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-faint">
        <span>
          from {valueInWords(plot.low)} to {valueInWords(plot.high)}
        </span>
        {line !== null && <span>dashed: the line at {valueInWords(line)}</span>}
        {clear !== null && <span>dotted: armed again at {valueInWords(clear)}</span>}
        {plot.failures.length > 0 && <span>red: the check failed</span>}
        {within.length > 0 && <span>bars at the bottom: runs</span>}
      </figcaption>
      <Rows samples={samples.slice(0, MOST_ROWS)} />
    </figure>
  )
}

function Rows({ samples }: { samples: readonly ConditionSample[] }) {
  return (
    <details className="text-sm">
      <summary className="cursor-pointer text-soft">The checks as a table</summary>
      <ScrollRegion aria-label="Checks" className="mt-2 max-h-64 overflow-auto">
        <table className="w-full text-left">
          <thead className="text-faint">
            <tr>
              <th scope="col" className="py-1 pr-4 font-medium">
                When
              </th>
              <th scope="col" className="py-1 pr-4 font-medium">
                Value
              </th>
              <th scope="col" className="py-1 font-medium">
                State
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {samples.map((it) => (
              <tr key={it.at}>
                <td className="py-1 pr-4 whitespace-nowrap tabular-nums">{formatInstant(it.at, 'second')}</td>
                <td className="py-1 pr-4 wrap-anywhere">
                  {it.error === null ? valueInWords(it.value) : `The check failed: ${it.error}`}
                </td>
                <td className="py-1">{it.error === null ? STATES[it.state] : 'as before'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  )
}
