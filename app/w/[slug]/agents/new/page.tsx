import type { Metadata } from 'next'
import { AgentEditor } from '#components/agent/editor.tsx'
import { Reserved } from '#components/shell/reserved.tsx'
import { memberWith } from '../../../../session.ts'

export const metadata: Metadata = { title: 'New agent' }

export default async function NewAgentPage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params
  const workspace = await memberWith(slug, 'editor')
  if (!workspace) return <Reserved title="New agent" to="editor" slug={slug} />
  return <AgentEditor slug={workspace.slug} agent={null} />
}
