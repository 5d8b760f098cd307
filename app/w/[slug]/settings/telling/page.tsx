import type { Metadata } from 'next'
import { Telling } from '#components/delivery/telling.tsx'
import { requireMember } from '../../../../session.ts'

export const metadata: Metadata = { title: 'Notifications' }

export default async function TellingPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return <Telling slug={workspace.slug} />
}
