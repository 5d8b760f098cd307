import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Schedule } from '#components/schedule/schedule.tsx'
import { Id } from '#lib/contract/fields.ts'
import { requireMember } from '../../../../session.ts'

export const metadata: Metadata = { title: 'Schedule' }

export default async function SchedulePage({ params }: { params: Promise<{ slug: string; id: string }> }) {
  const { slug, id } = await params
  const { workspace } = await requireMember(slug)
  const known = Id.safeParse(id)
  if (!known.success) notFound()
  return <Schedule slug={workspace.slug} id={known.data} />
}
