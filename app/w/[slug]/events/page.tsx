import type { Metadata } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { Events } from '#components/event/events.tsx'
import { eventWords } from '#components/event/facts.ts'
import { PAGE_OF } from '#lib/client/pages.ts'
import { api } from '#lib/contract/api.ts'
import { carillon } from '#lib/http/pinned.ts'
import { requireMember } from '../../../session.ts'

// What it shows is kept true by its queries: lib/client/drawn.ts.
export const unstable_dynamicStaleTime = 240
export const metadata: Metadata = { title: 'Events' }

export default async function EventsPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  const query = api.listTriggerEvents.query.parse({ limit: PAGE_OF.happenings })
  const known = await carillon().happenings.list(workspace.id, query)
  return (
    <NuqsAdapter>
      <Events slug={workspace.slug} words={eventWords()} known={known} />
    </NuqsAdapter>
  )
}
