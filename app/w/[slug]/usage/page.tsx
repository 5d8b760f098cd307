import type { Metadata } from 'next'
import { Usage } from '#components/usage/usage.tsx'
import { requireMember } from '../../../session.ts'

export const metadata: Metadata = { title: 'Usage and budgets' }

export default async function UsagePage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return <Usage slug={workspace.slug} />
}
