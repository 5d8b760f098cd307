'use client'
/** What one opens in the morning: what needs somebody, what goes on, what comes, and how it has fared. */
import { Page } from '#components/ui/page.tsx'
import { useWhatIsNow } from '#lib/client/now.ts'
import type { Now } from '#lib/contract/overview.ts'
import { Coming } from './coming.tsx'
import { Faring } from './faring.tsx'
import { NeedsYou } from './needs-you.tsx'
import { Results } from './results.tsx'
import { Running } from './running.tsx'

export function Home({ slug, known }: { slug: string; known: Now }) {
  const { data: now } = useWhatIsNow(slug, known)
  return (
    <Page title="Now">
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_21rem]">
        <div className="flex min-w-0 flex-col gap-5">
          <NeedsYou slug={slug} now={now} />
          <Running slug={slug} now={now} />
          <Results slug={slug} results={now.results} />
        </div>
        <Coming slug={slug} now={now} />
      </div>
      <Faring slug={slug} />
    </Page>
  )
}
