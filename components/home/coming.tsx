/** What runs within a day, soonest first. */
import { Link } from '#components/ui/link.tsx'
import { formatNumber } from '#components/ui/number.ts'
import { RelativeTime, Time } from '#components/ui/time.tsx'
import { useScheduler } from '#lib/client/workspaces.ts'
import type { Coming as Run, Now } from '#lib/contract/overview.ts'
import { Nothing, Part } from './part.tsx'

const linkClass =
  'text-accent-text underline decoration-accent-text/40 underline-offset-4 hover:decoration-accent-text'

export function Coming({ slug, now: { coming, paused } }: { slug: string; now: Now }) {
  // Whoever pauses everything sees it here at once; no event of the workspace tells of it.
  const isPaused = useScheduler().data?.paused ?? paused
  const timeline = `/w/${slug}/timeline`
  return (
    <Part
      title="Next 24 hours"
      count={isPaused ? 0 : countOf(coming)}
      more={{ href: timeline, label: 'Timeline' }}
    >
      {isPaused ? (
        <Nothing>Everything is paused. No schedule runs until it goes on.</Nothing>
      ) : coming.runs.length === 0 ? (
        <Nothing>
          Nothing is planned for the next 24 hours.{' '}
          <Link href={`/w/${slug}/templates`} className={linkClass}>
            Plan something
          </Link>
        </Nothing>
      ) : (
        <ol className="divide-y divide-line border-t border-line">
          {coming.runs.map((it) => (
            <One key={`${it.triggerId} ${it.at}`} slug={slug} run={it} />
          ))}
          {coming.more && (
            <li className="px-5 py-2.5 text-sm text-soft">
              There is more to come:{' '}
              <Link href={timeline} className={linkClass}>
                see the timeline
              </Link>
            </li>
          )}
        </ol>
      )}
    </Part>
  )
}

/** Only where all of them are counted. */
const countOf = ({ runs, more }: Now['coming']): number =>
  more || runs.some((it) => it.more === null) ? 0 : runs.reduce((sum, it) => sum + 1 + (it.more ?? 0), 0)

function One({ slug, run: { triggerId, name, at, more, until } }: { slug: string; run: Run }) {
  return (
    <li className="flex min-h-11 items-center gap-3 px-5 py-2 text-sm">
      <Time at={at} format="time" className="w-18 shrink-0 whitespace-nowrap tabular-nums" />
      <div className="min-w-0 flex-1">
        <Link
          href={`/w/${slug}/schedules/${triggerId}`}
          className="block truncate font-medium underline-offset-4 hover:underline"
        >
          {name}
        </Link>
        {more !== 0 && (
          <p className="text-xs text-faint">
            {more === null ? 'many' : formatNumber(more)} more
            {until !== null && (
              <>
                {' '}
                until <Time at={until} format="time" />
              </>
            )}
          </p>
        )}
      </div>
      <RelativeTime at={at} className="shrink-0 text-faint tabular-nums" />
    </li>
  )
}
