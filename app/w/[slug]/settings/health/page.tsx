import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Health } from '#components/health/health.tsx'
import { requireMember } from '../../../../session.ts'

export const metadata: Metadata = { title: 'Health' }

export default async function HealthPage({ params }: { params: Promise<{ slug: string }> }) {
  const { actor } = await requireMember((await params).slug)
  if (actor.kind !== 'person' || !actor.installationAdmin) notFound()
  return <Health />
}
