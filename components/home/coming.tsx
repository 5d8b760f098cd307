/** The next run of each schedule within a day, soonest first. */
import { Link } from '#components/ui/link.tsx'
import { RelativeTime, Time } from '#components/ui/time.tsx'
import type { Now } from '#lib/contract/overview.ts'
import { Nothing, Part } from './part.tsx'

export function Coming({ slug, upcoming }: { slug: string; upcoming: Now['upcoming'] }) {
  return (
    <Part
      title="Next 24 hours"
      count={upcoming.length}
      more={{ href: `/w/${slug}/timeline`, label: 'Timeline' }}
    >
      {upcoming.length === 0 ? (
        <Nothing>
          Nothing is planned for the next 24 hours.{' '}
          <Link
            href={`/w/${slug}/templates`}
            className="text-accent-text underline decoration-accent-text/40 underline-offset-4 hover:decoration-accent-text"
          >
            Plan something
          </Link>
        </Nothing>
      ) : (
        <ol className="divide-y divide-line border-t border-line">
          {upcoming.map((it) => (
            <li key={it.triggerId} className="flex min-h-11 items-center gap-3 px-5 py-2 text-sm">
              <Time at={it.at} format="time" className="w-18 shrink-0 whitespace-nowrap tabular-nums" />
              <Link
                href={`/w/${slug}/schedules/${it.triggerId}`}
                className="min-w-0 flex-1 truncate font-medium underline-offset-4 hover:underline"
              >
                {it.name}
              </Link>
              <RelativeTime at={it.at} className="shrink-0 text-faint tabular-nums" />
            </li>
          ))}
        </ol>
      )}
    </Part>
  )
}
