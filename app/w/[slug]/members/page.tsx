import type { Metadata } from 'next'
import { Members } from '#components/people/members.tsx'
import { requireMember } from '../../../session.ts'

// What it shows is kept true by its queries: lib/client/drawn.ts.
export const unstable_dynamicStaleTime = 240
export const metadata: Metadata = { title: 'Members' }

export default async function MembersPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return <Members slug={workspace.slug} />
}
