/** Ways to begin: each opens the editor, filled in. */
import { Activity, Newspaper, WandSparkles } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { STARTERS } from './editor/starters.ts'

const ICONS: Record<string, ReactNode> = {
  'daily-summary': <Newspaper aria-hidden />,
  'weekly-maintenance': <WandSparkles aria-hidden />,
  'watch-a-url': <Activity aria-hidden />,
}

export function Starters({ slug }: { slug: string }) {
  return (
    <section aria-labelledby="starters" className="mx-auto flex w-full max-w-md flex-col gap-3">
      <h2 id="starters" className="text-center text-sm text-faint">
        or start from one of these
      </h2>
      <ul className="flex flex-col gap-2">
        {STARTERS.map(({ id, title, pitch }) => (
          <li key={id}>
            <Link
              href={`/w/${slug}/schedules/new?from=${id}`}
              className="flex items-start gap-3 rounded-lg border border-line bg-surface px-4 py-3 shadow-card transition-colors hover:bg-hover [&_svg]:mt-0.5 [&_svg]:size-5 [&_svg]:shrink-0 [&_svg]:text-accent-text"
            >
              {ICONS[id]}
              <span className="min-w-0">
                <span className="block font-medium text-ink">{title}</span>
                <span className="block text-sm text-soft">{pitch}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
