import type { Metadata } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { Search } from '#components/search/search.tsx'
import { requireMember } from '../../../session.ts'

export const metadata: Metadata = { title: 'Search' }

export default async function SearchPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return (
    <NuqsAdapter>
      <Search slug={workspace.slug} />
    </NuqsAdapter>
  )
}
