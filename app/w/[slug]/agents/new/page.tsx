import type { Metadata } from 'next'
import { AgentEditor } from '#components/agent/editor.tsx'
import { requireMember } from '../../../../session.ts'

export const metadata: Metadata = { title: 'New agent' }

export default async function NewAgentPage({ params }: { params: Promise<{ slug: string }> }) {
  const { workspace } = await requireMember((await params).slug, 'editor')
  return <AgentEditor slug={workspace.slug} agent={null} />
}
