import type { Metadata } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { Schedules } from '#components/schedule/schedules.tsx'
import { requireMember } from '../../../session.ts'

export const metadata: Metadata = { title: 'Schedules' }

export default async function SchedulesPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return (
    <NuqsAdapter>
      <Schedules slug={workspace.slug} />
    </NuqsAdapter>
  )
}
