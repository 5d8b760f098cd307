import type { Metadata } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { Documents } from '#components/document/documents.tsx'
import { PAGE_OF } from '#lib/client/pages.ts'
import { api } from '#lib/contract/api.ts'
import { carillon } from '#lib/http/pinned.ts'
import { requireMember } from '../../../session.ts'

// What it shows is kept true by its queries: lib/client/drawn.ts.
export const unstable_dynamicStaleTime = 240
export const metadata: Metadata = { title: 'Documents' }

export default async function DocumentsPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  const query = api.listDocuments.query.parse({ limit: PAGE_OF.documents })
  const known = await carillon().documents.list(workspace.id, query)
  return (
    <NuqsAdapter>
      <Documents slug={workspace.slug} known={known} />
    </NuqsAdapter>
  )
}
