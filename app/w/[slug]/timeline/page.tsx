import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { isZone } from '#lib/contract/zone.ts'
import { timelineAsked } from '#components/timeline/asked.ts'
import { TimelinePage } from '#components/timeline/timeline.tsx'
import { PAGE_OF } from '#lib/client/pages.ts'
import { reading } from '#lib/client/reading.ts'
import { api } from '#lib/contract/api.ts'
import { carillon } from '#lib/http/pinned.ts'
import { requireMember } from '../../../session.ts'

// What it shows is kept true by its queries: lib/client/drawn.ts.
export const unstable_dynamicStaleTime = 240
export const metadata: Metadata = { title: 'Timeline' }

interface Props {
  params: Promise<{ slug: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function Page({ params, searchParams }: Props) {
  const { workspace } = await requireMember((await params).slug)
  // The browser says so: without it the first visit is drawn by the clock of UTC.
  const named = reading().timezone ?? (await cookies()).get('zone')?.value
  const zone = named && isZone(named) ? named : 'UTC'
  const asked = timelineAsked(await searchParams, zone, new Date().toISOString())
  const query = api.timeline.query.parse({ ...asked, limit: PAGE_OF.lanes })
  const timeline = await carillon().timeline(workspace.id, query)
  return (
    <NuqsAdapter>
      <TimelinePage slug={workspace.slug} known={{ zone, asked, timeline }} />
    </NuqsAdapter>
  )
}
