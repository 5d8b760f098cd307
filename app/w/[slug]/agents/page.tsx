import type { Metadata } from 'next'
import { Agents } from '#components/agent/agents.tsx'
import { requireMember } from '../../../session.ts'

// What it shows is kept true by its queries: lib/client/drawn.ts.
export const unstable_dynamicStaleTime = 240
export const metadata: Metadata = { title: 'Agents' }

export default async function AgentsPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug)
  return <Agents slug={workspace.slug} />
}
