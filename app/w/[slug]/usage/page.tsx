import type { Metadata } from 'next'
import { Usage } from '#components/usage/usage.tsx'
import { requireMember } from '../../../session.ts'

// What it shows is kept true by its queries: lib/client/drawn.ts.
export const unstable_dynamicStaleTime = 240
export const metadata: Metadata = { title: 'Usage and budgets' }

export default async function UsagePage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return <Usage slug={workspace.slug} />
}
