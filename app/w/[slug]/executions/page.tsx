import type { Metadata } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { Executions } from '#components/execution/executions.tsx'
import { PAGE_OF } from '#lib/client/pages.ts'
import { api } from '#lib/contract/api.ts'
import { carillon } from '#lib/http/pinned.ts'
import { requireMember } from '../../../session.ts'

// What it shows is kept true by its queries: lib/client/drawn.ts.
export const unstable_dynamicStaleTime = 240
export const metadata: Metadata = { title: 'Runs' }

export default async function ExecutionsPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  const query = api.listExecutions.query.parse({ limit: PAGE_OF.executions })
  const known = await carillon().executions.list(workspace.id, query)
  return (
    <NuqsAdapter>
      <Executions slug={workspace.slug} known={known} />
    </NuqsAdapter>
  )
}
