import type { Metadata } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { Schedules } from '#components/schedule/schedules.tsx'
import { PAGE_OF } from '#lib/client/pages.ts'
import { api } from '#lib/contract/api.ts'
import { carillon } from '#lib/http/pinned.ts'
import { requireMember } from '../../../session.ts'

// What it shows is kept true by its queries: lib/client/drawn.ts.
export const unstable_dynamicStaleTime = 240
export const metadata: Metadata = { title: 'Schedules' }

export default async function SchedulesPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  const query = api.listTriggers.query.parse({ limit: PAGE_OF.schedules })
  const known = await carillon().triggers.list(workspace.id, query)
  return (
    <NuqsAdapter>
      <Schedules slug={workspace.slug} known={known} />
    </NuqsAdapter>
  )
}
