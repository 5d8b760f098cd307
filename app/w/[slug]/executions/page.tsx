import type { Metadata } from 'next'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { Executions } from '#components/execution/executions.tsx'
import { requireMember } from '../../../session.ts'

export const metadata: Metadata = { title: 'Executions' }

export default async function ExecutionsPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return (
    <NuqsAdapter>
      <Executions slug={workspace.slug} />
    </NuqsAdapter>
  )
}
