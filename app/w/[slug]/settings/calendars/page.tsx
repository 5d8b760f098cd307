import type { Metadata } from 'next'
import { Calendars } from '#components/calendar/calendars.tsx'
import { requireMember } from '../../../../session.ts'

export const metadata: Metadata = { title: 'Calendars' }

export default async function CalendarsPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return <Calendars slug={workspace.slug} />
}
