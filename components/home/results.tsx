/** What agents had to say lately. */
import { Link } from '#components/ui/link.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import type { Now } from '#lib/contract/overview.ts'
import { Nothing, Part, Rows } from './part.tsx'

export function Results({ slug, results }: { slug: string; results: Now['results'] }) {
  return (
    <Part title="Last results" more={{ href: `/w/${slug}`, label: 'Chat' }}>
      {results.length === 0 ? (
        <Nothing>No agent has posted a result in the last seven days.</Nothing>
      ) : (
        <Rows>
          {results.map((it) => (
            <li key={it.executionId} className="flex flex-col gap-0.5 px-5 py-3 text-sm">
              <div className="flex items-baseline justify-between gap-3">
                <Link
                  href={`/w/${slug}/executions/${it.executionId}`}
                  className="min-w-0 font-medium wrap-anywhere underline-offset-4 hover:underline"
                >
                  {it.name}
                </Link>
                <RelativeTime at={it.at} className="shrink-0 text-xs text-faint" />
              </div>
              <p className="line-clamp-3 whitespace-pre-line text-soft wrap-anywhere">{it.text}</p>
            </li>
          ))}
        </Rows>
      )}
    </Part>
  )
}
