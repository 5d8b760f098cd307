import type { Metadata } from 'next'
import { Members } from '#components/people/members.tsx'
import { requireMember } from '../../../session.ts'

export const metadata: Metadata = { title: 'Members' }

export default async function MembersPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return <Members slug={workspace.slug} />
}
