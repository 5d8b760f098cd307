import type { Metadata } from 'next'
import { Inbox } from '#components/approval/inbox.tsx'
import { requireMember } from '../../../session.ts'

export const metadata: Metadata = { title: 'Approvals' }

export default async function ApprovalsPage({ params }: { params: Promise<{ slug: string }> }) {
  await requireMember((await params).slug)
  return <Inbox />
}
