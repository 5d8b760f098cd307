import type { Metadata } from 'next'
import { Inbox } from '#components/approval/inbox.tsx'
import { requireMember } from '../../../session.ts'

// What it shows is kept true by its queries: lib/client/drawn.ts.
export const unstable_dynamicStaleTime = 240
export const metadata: Metadata = { title: 'Approvals' }

export default async function ApprovalsPage({ params }: { params: Promise<{ slug: string }> }) {
  await requireMember((await params).slug)
  return <Inbox />
}
