import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { AgentEditor } from '#components/agent/editor.tsx'
import { Reserved } from '#components/shell/reserved.tsx'
import { problemOf } from '#lib/contract/problem.ts'
import { carillon } from '#lib/http/pinned.ts'
import { memberWith } from '../../../../session.ts'

interface Props {
  params: Promise<{ slug: string; agentId: string }>
}

/** Null for who may only look. */
const agentAt = cache(async (slug: string, agentId: string) => {
  const workspace = await memberWith(slug, 'editor')
  if (!workspace) return null
  const agent = await carillon()
    .customAgents.get(workspace.id, agentId)
    .catch((error) => {
      if (problemOf(error)?.status === 404) notFound()
      throw error
    })
  return { slug: workspace.slug, agent }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const it = await params
  return { title: (await agentAt(it.slug, it.agentId))?.agent.name ?? 'Agent' }
}

export default async function AgentPage({ params }: Props) {
  const it = await params
  const found = await agentAt(it.slug, it.agentId)
  if (!found) return <Reserved title="Agent" to="editor" slug={it.slug} />
  const { slug, agent } = found
  return <AgentEditor key={agent.revision} slug={slug} agent={agent} />
}
