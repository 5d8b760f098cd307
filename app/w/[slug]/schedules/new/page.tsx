import type { Metadata } from 'next'
import { editorFacts } from '#components/schedule/editor/facts.ts'
import { NewSchedule } from '#components/schedule/editor/new-schedule.tsx'
import { Reserved } from '#components/shell/reserved.tsx'
import { isKnownType } from '#lib/contract/trigger-event.ts'
import { carillon } from '#lib/http/pinned.ts'
import { memberWith } from '../../../../session.ts'

export const metadata: Metadata = { title: 'New schedule' }

interface Props {
  params: Promise<{ slug: string }>
  searchParams: Promise<
    Record<'copy' | 'proposal' | 'agent' | 'type' | 'event', string | string[] | undefined>
  >
}

const one = (given: string | string[] | undefined) => (Array.isArray(given) ? given[0] : given)

export default async function NewSchedulePage({ params, searchParams }: Props) {
  const { slug } = await params
  const workspace = await memberWith(slug, 'editor')
  if (!workspace) return <Reserved title="New schedule" to="editor" slug={slug} />
  const { copy, proposal, agent, type, event } = await searchParams
  const awaited = one(event)
  const agents = await carillon().agents.list(workspace.id)
  const named = agents.filter((it) => it.id === one(agent))
  const chosen = named.find((it) => it.agentType === one(type)) ?? named[0]
  return (
    <NewSchedule
      slug={workspace.slug}
      facts={editorFacts()}
      copy={Number(one(copy)) || undefined}
      proposal={Number(one(proposal)) || undefined}
      agents={agents}
      event={awaited !== undefined && isKnownType(awaited) ? awaited : undefined}
      agent={chosen && { agentId: chosen.id, agentType: chosen.agentType }}
    />
  )
}
